/** GB 11643-1999: the citizen's identity number, 17 digits and an ISO 7064 MOD 11-2 check character. */

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** Whether text is an identity number whose check character is right. */
export function isCitizenNumber(text: string): boolean {
  if (!/^\d{17}[\dXx]$/.test(text)) return false
  const sum = weights.reduce((total, weight, index) => total + weight * Number(text.charAt(index)), 0)
  return '10X98765432'.charAt(sum % 11) === text.charAt(17).toUpperCase()
}
