/** Copying to the clipboard; pages over plain HTTP have no clipboard interface, only the older command. */

/** Whether `text` is on the clipboard now. */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      // The browser asked and was told no: the text stays selectable on the page.
      () => false,
    )
  }
  const carrier = document.createElement('textarea')
  carrier.value = text
  document.body.append(carrier)
  carrier.select()
  const isCopied = document.execCommand('copy')
  carrier.remove()
  return isCopied
}
