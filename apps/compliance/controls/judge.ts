/** What the evidence says of each control: pure, so that every sentence can be tested against figures. */
import type { Bilingual, ControlState } from '../contract.ts'
import type { Facts } from './facts.ts'

export type Judgement = { readonly state: ControlState; readonly evidence: Bilingual }

/** GB/T 22239-2019 asks for the end of idle sessions; 15 minutes is what assessors accept. */
const longestIdleMinutes = 15
/** Failures after which assessors expect a lock, and how long it lasts at least. */
const usualFailures = 5
const shortestLockMinutes = 10
/** A whole verification of the trail is news for a month. */
const verifiedWithinDays = 31
/** Kept for six months (GB/T 22239-2019 §8.1.5.4, Cybersecurity Law article 21). */
const keptDays = 180
/** Row trigger and statement trigger of the trail. */
const refusalsOfTrail = 2
const doors = ['http', 'hl7', 'dicom'] as const

type Door = (typeof doors)[number]

const shown = (holds: boolean, zh: string, en: string): Judgement => ({
  state: holds ? 'pass' : 'fail',
  evidence: { zh, en },
})
const unseen = (zh: string, en: string): Judgement => ({ state: 'not-yet', evidence: { zh, en } })

/** By number of the control. */
export const judges: Readonly<Record<string, (facts: Facts) => Judgement>> = {
  '01': ({ people }) =>
    shown(
      people.oldPasswords === 0,
      `登录名由唯一索引保证；${people.active} 个账户中 ${people.oldPasswords} 个口令超过 90 天`,
      `Logins are unique by index; ${people.oldPasswords} of ${people.active} accounts have passwords older than 90 days`,
    ),
  '02': ({ settings }) => {
    const idle = Number(settings.XINGLIN_SESSION_IDLE ?? longestIdleMinutes)
    const failures = Number(settings.XINGLIN_LOCK_AFTER ?? usualFailures)
    const locked = Number(settings.XINGLIN_LOCK_MINUTES ?? longestIdleMinutes)
    return shown(
      idle <= longestIdleMinutes && failures <= usualFailures && locked >= shortestLockMinutes,
      `空闲 ${idle} 分钟结束会话，${failures} 次失败锁定 ${locked} 分钟`,
      `Sessions end after ${idle} idle minutes; ${failures} failures lock for ${locked} minutes`,
    )
  },
  '03': (facts) => ofDoors(facts, ['http']),
  '04': ({ administrators: { all, withoutFactor } }) =>
    shown(
      all > 0 && withoutFactor === 0,
      `${all} 名管理员中 ${withoutFactor} 名没有第二因素`,
      `${withoutFactor} of ${all} administrators have no second factor`,
    ),
  '05': ({ people, probes }) =>
    shown(
      people.active > 0 && probes.anonymous === 401,
      `${people.active} 个账户；刚才的匿名请求得到 ${probes.anonymous}`,
      `${people.active} accounts; a request without credentials was answered ${probes.anonymous} just now`,
    ),
  '06': ({ people }) =>
    shown(
      !people.isDefaultActive && people.oneTime === 0,
      `默认账户 admin ${people.isDefaultActive ? '仍启用' : '已停用'}；${people.oneTime} 个账户仍用一次性口令`,
      `Default account admin is ${people.isDefaultActive ? 'active' : 'disabled'}; ${people.oneTime} accounts still have one-time passwords`,
    ),
  '07': ({ people }) =>
    shown(
      people.stale === 0,
      `${people.active} 个账户中 ${people.stale} 个 90 天未登录`,
      `${people.stale} of ${people.active} accounts have not signed in for 90 days`,
    ),
  '08': ({ people, conduct }) => {
    const {
      systemAdministrators: system,
      securityAdministrators: security,
      auditAdministrators: audit,
    } = people
    return shown(
      conduct.isSeparated && Math.min(system, security, audit) > 0 && people.mixed === 0,
      `三员分立${conduct.isSeparated ? '已' : '未'}启用；系统 ${system}、安全 ${security}、审计 ${audit} 名管理员；${people.mixed} 个账户兼任或权限不受限`,
      `The separation is ${conduct.isSeparated ? 'on' : 'off'}; ${system} system, ${security} security, ${audit} audit administrators; ${people.mixed} accounts hold several or may do everything`,
    )
  },
  '09': ({ policies }) => ofPolicies(policies),
  '10': ({ policies, conduct: { narrowPolicies } }) =>
    shown(
      narrowPolicies > 0,
      `${policies} 条生效策略中 ${narrowPolicies} 条限定患者范围或隐藏字段`,
      `${narrowPolicies} of ${policies} active policies narrow the patients or hide elements`,
    ),
  '11': ({ labelled }) =>
    labelled > 0
      ? shown(true, `${labelled} 条记录带安全标记`, `${labelled} resources carry security labels`)
      : unseen('没有带安全标记的记录', 'No resource carries a security label'),
  '12': ({ trail }) =>
    shown(
      trail.lastDay > 0,
      `最近 24 小时有 ${trail.lastDay} 条审计记录`,
      `${trail.lastDay} audit entries in the last 24 hours`,
    ),
  '13': ({ trail }) =>
    shown(
      trail.columns === 4,
      `审计表具有时间、用户、动作、结果中的 ${trail.columns} 项`,
      `The trail has ${trail.columns} of time, user, action and outcome`,
    ),
  '14': ({ trail, conduct: { exportedDays } }) => {
    const isCopied = exportedDays !== null && exportedDays <= 1
    const copied = isCopied
      ? ['已同步到外部系统', 'copied to a system outside']
      : ['未同步到外部系统', 'not copied to a system outside']
    const zh = `${copied[0]}；${trail.sealed} 个封存段，两日内 ${trail.signed} 次签名，最早记录 ${trail.oldestDays} 天前`
    const en = `${copied[1]}; ${trail.sealed} seals, ${trail.signed} signed heads in two days, oldest entry ${trail.oldestDays} days ago`
    const isProtected = trail.refusals >= refusalsOfTrail && trail.sealed > 0 && trail.signed > 0
    return isProtected && (trail.oldestDays < keptDays || !isCopied)
      ? unseen(zh, en)
      : shown(isProtected, zh, en)
  },
  '15': ({ trail }) =>
    shown(
      trail.refusals >= refusalsOfTrail,
      `${trail.refusals} 个触发器拒绝修改、删除和清空审计`,
      `${trail.refusals} triggers refuse changing, deleting and emptying the trail`,
    ),
  '17': () =>
    unseen(
      'SBOM 由检查生成，操作系统组件不在视野内',
      'The SBOM is made by a check; the operating system is not seen',
    ),
  '18': ({ settings }) =>
    unseen(
      `监听 ${portsOf(settings)}；主机其他端口不可见`,
      `Listening at ${portsOf(settings)}; other ports are not seen`,
    ),
  '19': () => unseen('平台不按地址限制管理功能', 'The platform does not bind administration to addresses'),
  '20': ({ probes }) =>
    shown(
      probes.deep === 413 && probes.prototype === 400,
      `刚才的嵌套炸弹得到 ${probes.deep}，原型污染得到 ${probes.prototype}`,
      `A nesting bomb was answered ${probes.deep} just now, prototype pollution ${probes.prototype}`,
    ),
  '21': () => unseen('漏洞扫描结果不在平台内', 'Answers of vulnerability scans are not in the platform'),
  '22': ({ conduct: { anomalyRules, anomaliesOpen } }) => {
    const zh = `${anomalyRules} 条异常规则生效，30 天内 ${anomaliesOpen} 个异常无人处理`
    const en = `${anomalyRules} rules look for anomalies; nobody judged ${anomaliesOpen} of the last 30 days`
    if (anomalyRules === 0 || anomaliesOpen > 0) return shown(false, zh, en)
    return unseen(`${zh}；报警系统在平台之外`, `${en}; the alarm itself is outside`)
  },
  '23': () => unseen('平台不扫描恶意代码', 'The platform does not scan for malicious code'),
  '24': () => unseen('平台不能证明自己的启动', 'The platform cannot attest its own start'),
  '25': (facts) => ofDoors(facts, doors),
  '26': ({ trail, conduct: { verifiedDays, manipulations } }) => {
    const zh = `${trail.sealed} 个封存段，两日内 ${trail.signed} 次签名；`
    const en = `${trail.sealed} seals and ${trail.signed} signed heads in two days; `
    const isSealed = trail.sealed > 0 && trail.signed > 0
    if (!isSealed) return shown(false, `${zh}未封存或未签名`, `${en}not sealed or not signed`)
    if (verifiedDays === null || verifiedDays > verifiedWithinDays)
      return unseen(`${zh}近一月没有全量校验`, `${en}no whole verification in the last month`)
    return shown(
      manipulations === 0,
      `${zh}${verifiedDays} 天前全量校验发现 ${manipulations} 处改动`,
      `${en}a whole verification ${verifiedDays} days ago found ${manipulations} manipulations`,
    )
  },
  '27': (facts) => {
    const { isEncrypted, isLocal } = facts.database
    if (isEncrypted || isLocal) return ofDoors(facts, doors)
    return shown(false, '数据库连接未加密', 'The connection to the database is not encrypted')
  },
  '28': ({ keys, suite, masterKeySource, settings, sealing }) => {
    const areSealed = settings.XINGLIN_SEAL_OBJECTS === 'on' || sealing.isOn
    const ofKeys = [
      `${keys.length} 把密钥（套件 ${suite}，主密钥来自 ${masterKeySource}）`,
      `${keys.length} keys (suite ${suite}, master key from ${masterKeySource})`,
    ]
    const ofObjects = [
      `新对象${areSealed ? '已' : '未'}加密`,
      `new objects are ${areSealed ? '' : 'not '}encrypted`,
    ]
    const ofFields = sealing.isOn
      ? [
          `病历中 ${sealing.fields} 类字段及原始报文加密存放${sealing.isDone ? '' : '（历史数据处理中）'}，最新 1000 名患者中 ${sealing.clear} 名有明文`,
          `${sealing.fields} kinds of fields of the record and raw messages lie encrypted${sealing.isDone ? '' : ' (older data is being gone through)'}; of the newest 1,000 patients ${sealing.clear} stand in the clear`,
        ]
      : ['病历本身在数据库中未加密', 'the record itself lies unencrypted in the database']
    return shown(
      sealing.isOn && sealing.isDone && sealing.clear === 0,
      [ofKeys[0], ofObjects[0], ofFields[0]].join('；'),
      [ofKeys[1], ofObjects[1], ofFields[1]].join('; '),
    )
  },
  '29': ({ database }) =>
    database.isArchiving
      ? unseen('归档已开启；恢复演练不在平台内', 'Archiving is on; rehearsals of restores are not seen')
      : shown(false, 'PostgreSQL 未开启归档', 'PostgreSQL does not archive its log'),
  '30': ({ database }) => ofStandbys(database.standbys),
  '31': ({ database }) => ofStandbys(database.standbys),
  '32': ({ sessionsEnded }) =>
    shown(
      sessionsEnded === 0,
      `${sessionsEnded} 个结束超过一天的会话仍在库中`,
      `${sessionsEnded} sessions that ended more than a day ago are still held`,
    ),
  '33': () => unseen('磁盘和交换区由操作系统管理', 'Disks and swap belong to the operating system'),
  '34': () => unseen('没有个人信息目录', 'There is no inventory of personal information'),
  '35': ({ glassOverdue, conduct: { anomalyRules, anomaliesOpen } }) =>
    shown(
      glassOverdue === 0 && anomaliesOpen === 0 && anomalyRules > 0,
      `${glassOverdue} 次紧急访问逾期未复核；${anomalyRules} 条异常规则生效，${anomaliesOpen} 个异常访问无人处理`,
      `${glassOverdue} emergency accesses are overdue for review; ${anomalyRules} rules look for anomalies, nobody judged ${anomaliesOpen}`,
    ),
}

function ofDoors({ settings }: Facts, asked: readonly Door[]): Judgement {
  const secured = securedDoors(settings)
  const open = asked.filter((door) => !secured.includes(door))
  if (open.length === 0) return shown(true, `${asked.join('、')} 使用 TLS`, `${asked.join(', ')} speak TLS`)
  const [zh, en] = [`${open.join('、')} 未使用 TLS`, `${open.join(', ')} without TLS`]
  // What stands before the loopback interface may speak TLS; it is not seen from here.
  const isLoopback = ['127.0.0.1', '::1'].includes(String(settings.XINGLIN_BIND))
  return isLoopback
    ? unseen(`${zh}，但只监听本机`, `${en}, on the loopback interface only`)
    : shown(false, zh, en)
}

function securedDoors(settings: Facts['settings']): readonly unknown[] {
  const { XINGLIN_TLS_CERTIFICATE: certificate, XINGLIN_TLS_DOORS: given } = settings
  return certificate && Array.isArray(given) ? given : []
}

function ofPolicies(count: number): Judgement {
  return shown(count > 0, `${count} 条访问策略生效`, `${count} access policies are active`)
}

function ofStandbys(count: number): Judgement {
  return shown(count > 0, `${count} 个流复制备库`, `${count} streaming standbys`)
}

function portsOf(settings: Facts['settings']): string {
  const names = ['XINGLIN_HTTP_PORT', 'XINGLIN_HL7_PORT', 'XINGLIN_DICOM_PORT'] as const
  return names.map((name) => String(settings[name] ?? '?')).join(', ')
}
