/** What every page gains where there is JavaScript: buttons that copy, suggestions for a search, and a language list that closes. */
import { addCopyButtons } from './copy-buttons.ts'
import { addSuggestions } from './suggest.ts'

addCopyButtons(document)
addSuggestions(document)

const languages = document.querySelector<HTMLDetailsElement>('details.languages')
if (languages !== null) {
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !languages.contains(event.target)) languages.open = false
  })
  languages.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    languages.open = false
    languages.querySelector('summary')?.focus()
  })
}
