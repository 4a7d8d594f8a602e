/** XPN → HumanName, with Chinese names told apart where the sender wrote them as one (GB/T 28039: family name first). */
import type { HumanName } from '@xinglin/fhir'
import { part, type Repetition } from '@xinglin/hl7v2'
import { nameUse } from '../maps/codes.ts'

/** 复姓: family names of two characters that still live. */
const compoundFamilyNames: ReadonlySet<string> = new Set(
  '欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 公户 公玉 梁丘 左丘 东门 西门 第五'.split(
    ' ',
  ),
)

/** HumanName of one XPN repetition; undefined where it holds no name. */
export function humanName(repetition: Repetition): HumanName | undefined {
  const [family, given, second, suffix, prefix] = [1, 2, 3, 4, 5].map((component) =>
    part(repetition, component).trim(),
  )
  const split = splitChinese(family ?? '', given ?? '')
  const givens = [split.given, second ?? ''].filter((each) => each !== '')
  if (split.family === '' && givens.length === 0) return undefined
  const use = nameUse[part(repetition, 7).toUpperCase()]
  return {
    ...(use === undefined ? {} : { use: use as HumanName['use'] }),
    text: wholeName(split.family, givens),
    ...(split.family === '' ? {} : { family: split.family }),
    ...(givens.length === 0 ? {} : { given: givens }),
    ...(prefix ? { prefix: [prefix] } : {}),
    ...(suffix ? { suffix: [suffix] } : {}),
  }
}

/** Family and given name of a Chinese name in one field: 张三 → 张 + 三, 欧阳娜娜 → 欧阳 + 娜娜. Others stay as they are. */
export function splitChinese(family: string, given: string): { family: string; given: string } {
  const whole = family === '' ? given : family
  const isOne = (family === '') !== (given === '')
  const characters = [...whole]
  // Names of minorities with their dot (买买提·吐尔逊) have no family name in this sense.
  if (!isOne || !isChinese(whole) || characters.length < 2 || characters.length > 4) return { family, given }
  const pair = characters.slice(0, 2).join('')
  const length = characters.length > 2 && compoundFamilyNames.has(pair) ? 2 : 1
  return { family: characters.slice(0, length).join(''), given: characters.slice(length).join('') }
}

function wholeName(family: string, givens: readonly string[]): string {
  if (isChinese(family + givens.join(''))) return family + givens.join('')
  return [...givens, family].filter((each) => each !== '').join(' ')
}

function isChinese(text: string): boolean {
  return /^\p{Script=Han}+$/u.test(text)
}
