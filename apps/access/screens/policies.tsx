/** Which role sees whose record? */
import { PlusOutlined } from '@ant-design/icons'
import { Answered, Empty, ReasonDialog, useAct, useAsk, useLook, useMay, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import type { Policy } from '../contract.ts'
import { type PoliciesAnswer, policiesPath, writePolicies } from '../contract.ts'
import { emptyPolicy, PolicyForm } from './policy-form.tsx'
import { PolicyHistory } from './policy-history.tsx'
import { words } from './words.ts'
import './access.css'

export function PoliciesScreen() {
  const say = useWords(words)
  const mayWrite = useMay(writePolicies)
  const answer = useAsk<PoliciesAnswer>(policiesPath)
  const [edited, setEdited] = useState<{ readonly policy: Policy; readonly isNew: boolean }>()
  const [removed, setRemoved] = useState<Policy>()
  const [looked, setLooked] = useState<Policy>()
  return (
    <div className="access-page">
      <p className="x-quiet">{say('help')}</p>
      {mayWrite ? (
        <p>
          <Button
            type="primary"
            icon={<PlusOutlined />}
            onClick={() => setEdited({ policy: emptyPolicy, isNew: true })}
          >
            {say('newPolicy')}
          </Button>
        </p>
      ) : null}
      <Answered answer={answer}>
        {({ policies, removed: former, roles }) => (
          <>
            {policies.length === 0 ? (
              <Empty title={say('none')} />
            ) : (
              <PolicyTable
                policies={policies}
                roles={roles}
                mayWrite={mayWrite}
                onEdit={(policy) => setEdited({ policy, isNew: false })}
                onRemove={setRemoved}
                onHistory={setLooked}
              />
            )}
            <Former policies={former} onHistory={setLooked} />
            {edited ? <PolicyForm {...edited} roles={roles} onClose={() => setEdited(undefined)} /> : null}
          </>
        )}
      </Answered>
      {looked ? (
        <PolicyHistory
          policy={looked}
          onClose={() => setLooked(undefined)}
          {...(mayWrite
            ? {
                onRestore: (policy: Policy) => {
                  setLooked(undefined)
                  setEdited({ policy, isNew: false })
                },
              }
            : {})}
        />
      ) : null}
      {removed ? <RemovePolicy policy={removed} onClose={() => setRemoved(undefined)} /> : null}
    </div>
  )
}

type FormerProps = {
  readonly policies: readonly Policy[]
  readonly onHistory: (policy: Policy) => void
}

/** Those that stand no more: their history stays, and they can be gone back to. */
function Former({ policies, onHistory }: FormerProps) {
  const say = useWords(words)
  const { language } = useLook()
  if (policies.length === 0) return null
  return (
    <section aria-label={say('former')}>
      <h2>{say('former')}</h2>
      {policies.map((policy) => (
        <Button key={policy.id} type="link" onClick={() => onHistory(policy)}>
          {policy.title[language]}
        </Button>
      ))}
    </section>
  )
}

type TableProps = Omit<PoliciesAnswer, 'removed'> & {
  readonly onHistory: (policy: Policy) => void
  readonly mayWrite: boolean
  readonly onEdit: (policy: Policy) => void
  readonly onRemove: (policy: Policy) => void
}

function PolicyTable({ policies, roles, mayWrite, onEdit, onRemove, onHistory }: TableProps) {
  const say = useWords(words)
  const { language } = useLook()
  const scopes = {
    'own-patients': say('ownPatients'),
    'own-department': say('ownDepartment'),
    tenant: say('tenant'),
  }
  const roleTitle = (role: string) =>
    role === '*' ? say('everyRole') : (roles.find(({ id }) => id === role)?.title[language] ?? role)
  return (
    <div className="access-scroll">
      <table className="access-table" aria-label={say('policies')}>
        <thead>
          <tr>
            {(
              ['policy', 'role', 'types', 'interactions', 'patients', 'purposes', 'hidden', 'state'] as const
            ).map((name) => (
              <th key={name}>{say(name)}</th>
            ))}
            <th />
          </tr>
        </thead>
        <tbody>
          {policies.map((policy) => (
            <tr key={policy.id} data-policy={policy.id}>
              <td>{policy.title[language]}</td>
              <td>{roleTitle(policy.role)}</td>
              <td>{policy.types.join(' ')}</td>
              <td>
                <code>{policy.interactions}</code>
              </td>
              <td>{scopes[policy.patients]}</td>
              <td>{policy.purposes.join(' ') || say('anyPurpose')}</td>
              <td>{policy.hidden.join(' ')}</td>
              <td>{say(policy.isActive ? 'active' : 'inactive')}</td>
              <td>
                <Button size="small" onClick={() => onHistory(policy)}>
                  {say('history')}
                </Button>{' '}
                {mayWrite ? (
                  <>
                    <Button size="small" onClick={() => onEdit(policy)}>
                      {say('edit')}
                    </Button>{' '}
                    <Button size="small" danger onClick={() => onRemove(policy)}>
                      {say('remove')}
                    </Button>
                  </>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function RemovePolicy({ policy, onClose }: { readonly policy: Policy; readonly onClose: () => void }) {
  const say = useWords(words)
  const { language } = useLook()
  const act = useAct(
    (reason: string) => ({
      path: `${policiesPath}/${encodeURIComponent(policy.id)}/removal`,
      body: { reason },
    }),
    { refreshes: [policiesPath] },
  )
  const run = async (reason: string) => {
    const ran = await act.run(reason)
    if (ran.isDone) onClose()
  }
  return (
    <ReasonDialog
      isOpen
      title={`${say('remove')}: ${policy.title[language]}`}
      act={say('remove')}
      isRunning={act.isRunning}
      {...(act.error ? { error: act.error } : {})}
      onAct={(reason) => void run(reason)}
      onCancel={onClose}
    >
      <p>
        <code>{policy.id}</code>
      </p>
    </ReasonDialog>
  )
}
