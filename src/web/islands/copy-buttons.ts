/** A button beside each command that copies it; its words are the page's own, in its language. */

const SHOWN_MS = 2000

/** Adds a button to every `[data-copy]`, whose label stands in `data-copy` and its confirmation in `data-copied`. */
export function addCopyButtons(root: ParentNode): void {
  for (const place of root.querySelectorAll<HTMLElement>('[data-copy]')) {
    const code = place.querySelector('code')
    if (code === null) continue
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    button.textContent = place.dataset['copy'] ?? ''
    button.addEventListener('click', () => void copy(code, button, place))
    place.append(button)
  }
}

async function copy(code: HTMLElement, button: HTMLButtonElement, place: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(code.textContent)
    button.textContent = place.dataset['copied'] ?? ''
    setTimeout(() => {
      button.textContent = place.dataset['copy'] ?? ''
    }, SHOWN_MS)
  } catch {
    // Not allowed here: the text is marked, so that the reader's own keys copy it.
    getSelection()?.selectAllChildren(code)
  }
}
