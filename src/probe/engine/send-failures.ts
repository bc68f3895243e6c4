/** How long it is until sending is tried again that has failed, and how often it is. */

/** Times that sending may fail before the pair is given up, and the first pause after a failure; it doubles each time. */
const SEND_FAILURES_MOST = 5
const SEND_PAUSE_MS = 50
/** Times that not one descriptor can be had before the pair is given up, and the pause between. */
const DESCRIPTOR_FAILURES_MOST = 10
const DESCRIPTOR_PAUSE_MS = 100

/** The pause in ms after so many failures of one pair; null where it is given up. `isShort`: there was no descriptor. */
export function pauseAfter(failures: number, isShort: boolean): number | null {
  if (failures >= (isShort ? DESCRIPTOR_FAILURES_MOST : SEND_FAILURES_MOST)) return null
  return isShort ? DESCRIPTOR_PAUSE_MS : SEND_PAUSE_MS * 2 ** (failures - 1)
}
