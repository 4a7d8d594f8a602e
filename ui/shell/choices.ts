/** What the command bar offers for what was typed: what the apps found first, then screens and acts that fit. */

export type Choice = {
  readonly key: string
  readonly group: string
  readonly title: string
  readonly detail?: string
  readonly address?: string
  readonly act?: () => void
}
/** Further words, of both languages, by which an act of the frame is found. */
export const actWords = {
  tone: '深色 浅色 dark light',
  language: '语言 中文 英文 english chinese language',
  signOut: '退出 登出 sign out',
} as const

export type Fixed = Choice & { readonly words: string }

/** Found lines first; of the fixed ones those whose words begin with, else hold, the text; all of them for no text. */
export function choicesOf(
  text: string,
  found: readonly Choice[],
  fixed: readonly Fixed[],
): readonly Choice[] {
  const wanted = text.toLowerCase()
  const fitting = fixed.filter(({ words, title }) => `${title} ${words}`.toLowerCase().includes(wanted))
  return [...(text === '' ? [] : found), ...fitting]
}
