/** What the pages of the authorisation server say. */
import type { RecordScope } from '@xinglin/identity'
import { categoryWords, typeWords } from './type-words.ts'

export type Language = 'zh' | 'en'

const words = {
  goingOn: { zh: '请稍候', en: 'One moment' },
  goOn: { zh: '继续', en: 'Go on' },
  asks: { zh: '“{app}”申请访问病历', en: '“{app}” asks for access to the record' },
  by: { zh: '由 {publisher} 提供', en: 'by {publisher}' },
  as: {
    zh: '您以 {person} 的身份登录。应用能做的不超过您本人的权限。',
    en: 'You are signed in as {person}. The app can do no more than you yourself may.',
  },
  about: { zh: '患者：{patient}', en: 'Patient: {patient}' },
  will: { zh: '应用将可以：', en: 'The app will be able to:' },
  mayDecline: {
    zh: '您可以取消勾选不愿授予的权限。',
    en: 'Untick what you do not want to give.',
  },
  signInAgain: { zh: '重新登录', en: 'Sign in again' },
  tooLongAgo: {
    zh: '“{app}”要求 {person} 重新证明身份。您将先退出登录。',
    en: '“{app}” asks {person} to prove anew who he is. You will be signed out first.',
  },
  otherPerson: {
    zh: '“{app}”在等另一位用户，而现在登录的是 {person}。您将先退出登录。',
    en: '“{app}” waits for somebody else; {person} is signed in. You will be signed out first.',
  },
  leave: { zh: '退出登录', en: 'Sign out' },
  leaveWhy: {
    zh: '“{app}”请求结束 {person} 在本平台的登录。',
    en: '“{app}” asks that {person} is signed out of the platform.',
  },
  stay: { zh: '保持登录', en: 'Stay signed in' },
  left: { zh: '您已退出登录', en: 'You are signed out' },
  stayed: { zh: '您仍处于登录状态', en: 'You are still signed in' },
  agree: { zh: '同意', en: 'Agree' },
  refuse: { zh: '拒绝', en: 'Refuse' },
  choosePatient: { zh: '为“{app}”选择患者', en: 'Choose a patient for “{app}”' },
  chooseEncounter: { zh: '为“{app}”选择就诊', en: 'Choose a visit for “{app}”' },
  name: { zh: '姓名或病历号', en: 'Name or record number' },
  find: { zh: '查找', en: 'Find' },
  nobody: { zh: '没有找到患者。', en: 'No patient was found.' },
  noVisit: { zh: '该患者没有就诊记录。', en: 'This patient has no visit.' },
  noChart: {
    zh: '请先在“我的病历”完成实名认证，再回到应用重试。',
    en: 'First prove who you are on your own pages, then begin again in the app.',
  },
  toMyRecord: { zh: '我的病历', en: 'My record' },
  choose: { zh: '选择', en: 'Choose' },
  failed: { zh: '无法授权', en: 'This cannot be authorised' },
  failedWhy: {
    zh: '原因：{error}。请返回应用重试；若仍失败，请联系信息科。',
    en: 'Reason: {error}. Go back to the app and try again; if it fails again, tell your IT department.',
  },
} as const

/** A sentence with its blanks filled. */
export function say(
  language: Language,
  word: keyof typeof words,
  blanks: Readonly<Record<string, string>> = {},
): string {
  return words[word][language].replaceAll(/\{(\w+)\}/g, (_whole, blank: string) => blanks[blank] ?? '')
}

const contexts: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  openid: { zh: '知道您是谁', en: 'know who you are' },
  profile: { zh: '知道您的姓名', en: 'know your name' },
  fhirUser: { zh: '知道您在本院的职务记录', en: 'know your record as a practitioner here' },
  launch: { zh: '知道您打开的是哪位患者', en: 'know which patient you have opened' },
  'launch/patient': { zh: '请您选择一位患者', en: 'have you choose a patient' },
  'launch/encounter': { zh: '请您选择一次就诊', en: 'have you choose a visit' },
  offline_access: {
    zh: '在您离开后继续访问（最长 90 天，可随时收回）',
    en: 'go on after you have left (90 days at most; you can take it back)',
  },
  online_access: { zh: '在您登录期间持续访问', en: 'go on while you are signed in' },
}

const genders: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  male: { zh: '男', en: 'male' },
  female: { zh: '女', en: 'female' },
  other: { zh: '其他性别', en: 'other' },
  unknown: { zh: '性别不详', en: 'gender unknown' },
}

/** AdministrativeGender (R4) as a person reads it; undefined where it is not stated. */
export function genderWord(language: Language, gender: string | undefined): string | undefined {
  return gender === undefined ? undefined : (genders[gender]?.[language] ?? gender)
}

const reaches = {
  patient: { zh: '该患者', en: 'this patient' },
  user: { zh: '您能查看的所有患者', en: 'all patients whom you may see' },
  system: { zh: '本院所有患者', en: 'all patients of the hospital' },
} as const

const acts = {
  see: { zh: '查看', en: 'see' },
  add: { zh: '新增', en: 'add' },
  change: { zh: '修改', en: 'change' },
  delete: { zh: '删除', en: 'delete' },
} as const
type Act = keyof typeof acts

const everything = { zh: '全部资料', en: 'everything' }

/** What one scope lets an app do, as a person reads it. */
export function scopeWords(language: Language, scope: string, record: RecordScope | undefined): string {
  if (!record) return contexts[scope]?.[language] ?? scope
  const { type, where, context } = record
  const done = actsOf(record.right.split('.')[1] ?? '').map((act) => acts[act][language])
  const what = type === '*' ? everything[language] : (typeWords[type]?.[language] ?? type)
  const limits = where.map(([name, value]) => limitWords(language, name, value))
  const whose = reaches[context][language]
  if (language === 'zh')
    return `${done.join('、')}${whose}的${what}${limits.length > 0 ? `（仅限${limits.join('，')}）` : ''}`
  const limit = limits.length > 0 ? ` (only ${limits.join(', ')})` : ''
  return `${listed(done)} ${what}${limit} of ${whose}`
}

/** SMART App Launch 2.2 §scopes: `cruds`, and version 1's `read`, `write` and `*`. */
function actsOf(verbs: string): readonly Act[] {
  if (verbs === 'read') return ['see']
  if (verbs === 'write') return ['add', 'change', 'delete']
  const letters = verbs === '*' ? 'cruds' : verbs
  const holds = (some: RegExp, act: Act): readonly Act[] => (some.test(letters) ? [act] : [])
  return [...holds(/[rs]/, 'see'), ...holds(/c/, 'add'), ...holds(/u/, 'change'), ...holds(/d/, 'delete')]
}

function limitWords(language: Language, name: string, value: string): string {
  const code = value.split('|').at(-1) ?? value
  if (name === 'category') return categoryWords[code]?.[language] ?? value
  return `${name} = ${value}`
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}
