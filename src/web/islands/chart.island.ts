/** The chart drawn, moved in, and kept up to date; without it the page shows the server's picture. */
import * as v from 'valibot'
import { toLatinDigits } from '../i18n/digits.ts'
import { LAYERS } from '../pages/chart/cell-code.ts'
import { islandSchema } from '../pages/chart/island-form.ts'
import { ChartView } from './chart-view.ts'

const place = document.querySelector<HTMLElement>('#chart')
const sea = document.querySelector<HTMLElement>('#chart-sea')
const panel = document.querySelector<HTMLElement>('#chart-panel')
const live = document.querySelector<HTMLElement>('#chart-live')
if (place !== null && sea !== null && panel !== null && live !== null) {
  const data = v.parse(islandSchema, JSON.parse(place.dataset['island'] ?? ''))
  const chart = new ChartView({ place, sea, panel, live, data })
  chart.start()

  const legend = document.querySelector<HTMLFormElement>('#chart-legend')
  if (legend !== null) {
    const readShown = (): void => {
      const chosen = new FormData(legend).getAll('show')
      chart.setShown(new Set(LAYERS.filter((layer) => chosen.includes(layer))))
    }
    legend.classList.add('is-live')
    legend.addEventListener('change', readShown)
    // A page that was left and come back to has its boxes as they were.
    readShown()
  }

  document.querySelector<HTMLFormElement>('#chart-jump')?.addEventListener('submit', (event) => {
    const wanted = toLatinDigits(document.querySelector<HTMLInputElement>('#chart-port')?.value.trim() ?? '')
    const port = /^\d{1,5}$/.test(wanted) ? Number(wanted) : null
    // A name is the server's to look up.
    if (port === null || port > 65_535) return
    event.preventDefault()
    chart.goTo(port)
  })

  const zoomButtons = document.querySelector<HTMLElement>('#chart-zoom')
  if (zoomButtons !== null) {
    zoomButtons.hidden = false
    zoomButtons.addEventListener('click', ({ target }) => {
      const kind = target instanceof HTMLElement ? target.dataset['zoom'] : undefined
      if (kind !== undefined) chart.zoom(kind)
    })
  }

  const png = document.querySelector<HTMLButtonElement>('#chart-png')
  if (png !== null) {
    png.hidden = false
    png.addEventListener('click', () => chart.save())
  }
}
