/** One text at a time: what is left of a name, a number, a phone, an address. */

const star = '*'

/** 张三 → 张*, 欧阳明日 → 欧***, John Smith → J*** S***: a word of letters does not tell its length. */
export function maskName(text: string): string {
  if (/\p{Script=Han}/u.test(text)) {
    const [first = '', ...rest] = [...text.replaceAll(/\s/g, '')]
    return first + star.repeat(Math.max(1, rest.length))
  }
  return text.replaceAll(/\S+/g, (word) => `${[...word][0] ?? ''}***`)
}

/** 110101197003070012 → 110***********0012; a short number shows nothing. */
export function maskNumber(text: string): string {
  if (text.length < 10) return star.repeat(Math.max(3, text.length))
  return text.slice(0, 3) + star.repeat(text.length - 7) + text.slice(-4)
}

/** 13812345678 → 138****5678, a@b.cn → a***@b.cn. */
export function maskPhone(text: string): string {
  const at = text.indexOf('@')
  if (at > 0) return `${text.slice(0, 1)}***${text.slice(at)}`
  if (text.length < 8) return star.repeat(Math.max(3, text.length))
  return `${text.slice(0, 3)}****${text.slice(-4)}`
}

/** Resident identity numbers (GB 11643-1999) of 18 and 15 digits, wherever they stand. */
export function isIdentityNumber(text: string): boolean {
  return /^\d{17}[\dXx]$|^\d{15}$/.test(text)
}
