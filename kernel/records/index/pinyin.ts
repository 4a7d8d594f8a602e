/** Chinese texts as they are typed on a Latin keyboard: 张三 → zhangsan and zs, with the readings of surnames (单 → shan). */
import { pinyin } from 'pinyin-pro'

const isHan = /\p{Script=Han}/u
/** Names and titles are typed this way, sentences are not. */
const mostCharacters = 40

/** Full pinyin without spaces, and its initials; nothing for a text without Chinese characters. */
export function pinyinOf(text: string): readonly string[] {
  if (text.length > mostCharacters || !isHan.test(text)) return []
  const syllables = pinyin(text.replace(/\s+/gu, ''), {
    toneType: 'none',
    type: 'array',
    surname: 'head',
    nonZh: 'consecutive',
    v: true,
  }).map((syllable) => syllable.toLowerCase())
  const full = syllables.join('')
  // By character, not by UTF-16 unit: half of a rare character (𠮷) is no text, and PostgreSQL refuses it.
  const initials = syllables.map((syllable) => Array.from(syllable)[0] ?? '').join('')
  return full === initials ? [full] : [full, initials]
}
