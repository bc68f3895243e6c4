/** What is seen on the canvas, as a file. */

export function saveCanvas(canvas: HTMLCanvasElement, name: string): void {
  canvas.toBlob((blob) => {
    if (blob === null) return
    const address = URL.createObjectURL(blob)
    const link = document.createElement('a')
    link.href = address
    link.download = name
    link.click()
    // The browser has begun to read it by then.
    setTimeout(() => URL.revokeObjectURL(address), 10_000)
  }, 'image/png')
}
