/** When a person is asked: always. Who is there is known by our session, which no cross-site request carries. */
import { interactionPolicy } from 'oidc-provider'

/** The prompts: who is there, then what he agrees to; one interaction answers both. */
export function createPolicy(): interactionPolicy.DefaultPolicy {
  const { Check, Prompt, base } = interactionPolicy
  const policy = base()
  policy.remove('login')
  policy.add(
    new Prompt(
      { name: 'login', requestable: true },
      new Check('person', 'who is there must be seen', 'login_required', ({ oidc }) =>
        oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
      ),
    ),
    0,
  )
  return policy
}
