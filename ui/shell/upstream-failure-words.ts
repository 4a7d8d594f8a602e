/** Why somebody came back from a provider without being signed in; the codes are those of docs/errors.md. */
import { catalogue } from '@xinglin/kit'

export const upstreamFailureWords = catalogue('upstream-failures', {
  zh: {
    'upstream.refused-there': '对方没有确认登录，或您已放弃。请重试，或换一种方式登录。',
    'upstream.issuer': '应答来自另一登录来源，没有采用。请告诉信息科。',
    'upstream.audience': '应答不是发给本平台的，没有采用。请告诉信息科。',
    'upstream.nonce': '应答属于另一次登录，没有采用。请重新开始；再次出现请告诉信息科。',
    'upstream.expired': '登录来源的应答已过期。请重新开始；再次出现请告诉信息科核对时钟。',
    'upstream.too-early': '登录来源的时钟快于本平台。请告诉信息科核对时钟。',
    'upstream.signature': '应答的签名不属于登录来源，没有采用。请告诉信息科。',
    'upstream.code': '这次登录已使用过或已过期。请重新开始。',
    'upstream.client': '登录来源不认可本平台。请告诉信息科。',
    'upstream.subject': '登录来源没有指明人员。请告诉信息科。',
    'upstream.unreachable': '登录来源现在没有应答。请稍后再试，或换一种方式登录。',
    'upstream.answer': '登录来源的应答不符合标准，没有采用。请告诉信息科。',
    'upstream.state': '登录在另一浏览器开始、已过期或已使用。请重新开始。',
    'upstream.not-linked': '此处没有与您关联的账号。请向管理员索取邀请。',
    'upstream.invitation': '邀请不存在、已使用或已过期。请向管理员另要一个。',
    'upstream.linked-already': '这个账号已关联他人。请联系管理员。',
    'upstream.no-login': '登录来源没有给出可用的登录名。请联系管理员。',
    'upstream.login-taken': '此处已有同名账号，不能仅凭名称关联。请向管理员索取邀请。',
    'upstream.no-role': '您的组在此处没有对应的角色。请联系组的管理者。',
    'upstream.disabled': '您在此处的账号已停用。请联系管理员。',
    'upstream.not-awaiting': '等待第二步验证的时间已过。请重新登录。',
    other: '没有登录成功（{{code}}）。请重试，或告诉信息科。',
  },
  en: {
    'upstream.refused-there': 'You were not signed in there, or gave up. Try again, or sign in another way.',
    'upstream.issuer': 'The answer came from another provider and was not taken. Tell the IT department.',
    'upstream.audience': 'The answer was made for another system and was not taken. Tell the IT department.',
    'upstream.nonce':
      'The answer belongs to another sign-in and was not taken. Begin again; if it comes back, tell the IT department.',
    'upstream.expired':
      'The answer of the provider is too old. Begin again; if it comes back, the IT department should compare the clocks.',
    'upstream.too-early':
      "The provider's clock is ahead of ours. Ask the IT department to compare the clocks.",
    'upstream.signature':
      'The answer is not signed by the provider and was not taken. Tell the IT department.',
    'upstream.code': 'This sign-in was used already or is over. Begin again.',
    'upstream.client': 'The provider does not know this platform. Tell the IT department.',
    'upstream.subject': 'The provider does not say who you are. Tell the IT department.',
    'upstream.unreachable': 'The provider does not answer now. Try again later, or sign in another way.',
    'upstream.answer':
      'The answer of the provider is not as the standard says and was not taken. Tell the IT department.',
    'upstream.state': 'The sign-in was begun in another browser, is over, or was used. Begin again.',
    'upstream.not-linked': 'No account here is linked to you. Ask an administrator for an invitation.',
    'upstream.invitation':
      'The invitation is unknown, was used or is over. Ask an administrator for another one.',
    'upstream.linked-already': 'This account is linked to somebody else. Ask an administrator.',
    'upstream.no-login': 'The provider gives no name that can be a login here. Ask an administrator.',
    'upstream.login-taken':
      'An account here has your login; it is nobody’s by its name alone. Ask an administrator for an invitation.',
    'upstream.no-role': 'None of your groups gives a role here. Ask whoever keeps the groups.',
    'upstream.disabled': 'Your account here is disabled. Ask an administrator.',
    'upstream.not-awaiting': 'The time for the second step is over. Sign in again.',
    other: 'You were not signed in ({{code}}). Try again, or tell the IT department.',
  },
})
