/** The rows of a directory's form, added, removed and moved in place: by the buttons that else send the form. */

const form = document.querySelector<HTMLFormElement>('form#entry')
const rows = document.querySelector<HTMLElement>('#rows')
const template = document.querySelector<HTMLTemplateElement>('#row-template')
if (form !== null && rows !== null && template !== null) {
  form.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>('button[data-row]') : null
    if (button === null) return
    event.preventDefault()
    change(rows, template, button)
  })
  showPassword(form)
}

function change(list: HTMLElement, model: HTMLTemplateElement, button: HTMLButtonElement): void {
  const verb = button.dataset['row']
  const row = button.closest<HTMLElement>('.row')
  if (verb === 'add') list.append(model.content.cloneNode(true))
  if (row !== null) {
    if (verb === 'remove') removeRow(row)
    if (verb === 'up') row.previousElementSibling?.before(row)
    if (verb === 'down') row.nextElementSibling?.after(row)
  }
  renumber(list)
  if (verb === 'add') list.lastElementChild?.querySelector<HTMLElement>('input:not([type=hidden])')?.focus()
  else if (row?.isConnected === true) button.focus()
}

/** The focus goes to the row that comes in its place. */
function removeRow(row: HTMLElement): void {
  const next = row.nextElementSibling ?? row.previousElementSibling
  row.remove()
  next?.querySelector<HTMLElement>('input:not([type=hidden]), textarea')?.focus()
}

/** The server takes the rows in the order of their numbers; labels are left as they were, but for those of free rows. */
function renumber(list: HTMLElement): void {
  for (const [index, row] of [...list.children].entries()) {
    for (const field of row.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('[name]')) {
      field.name = field.name.replace(/^([nvk])\.\d+$/, `$1.${index}`)
    }
    for (const button of row.querySelectorAll<HTMLButtonElement>('button[data-row]'))
      button.value = `${button.dataset['row'] ?? ''}-${index}`
    for (const named of row.querySelectorAll('[data-label]'))
      named.setAttribute('aria-label', (named.getAttribute('data-label') ?? '').replace('{number}', digits(index + 1)))
  }
}

/** In the reader's digits. */
function digits(number: number): string {
  const own = form?.dataset['digits'] ?? '0123456789'
  return String(number).replaceAll(/\d/g, (digit) => own.charAt(Number(digit)))
}

/** The field of a new password is there when one is to be set. */
function showPassword(within: HTMLFormElement): void {
  const field = within.querySelector<HTMLInputElement>('#new-password')
  const set = within.querySelector<HTMLInputElement>('input[name=password][value=set]')
  if (field === null || set === null) return
  field.addEventListener('input', () => {
    if (field.value !== '') set.checked = true
  })
}
