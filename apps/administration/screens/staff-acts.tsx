/** What is done to a person's positions and particulars, each with its reason. */
import { useAct, useWords } from '@xinglin/kit'
import { Input } from 'antd'
import { useState } from 'react'
import type { PositionRow, StaffPersonAnswer } from '../contract.ts'
import { ActDialog } from './act-dialog.tsx'
import { administrationWords } from './administration-words.ts'
import { Field } from './field.tsx'
import { LicenceFields } from './licence-fields.tsx'
import { noPosition, PositionFields, positionFields } from './position-fields.tsx'
import { staffPath, staffRefreshes } from './staff-answers.ts'
import { staffWords } from './staff-words.ts'

export type StaffAct =
  | { readonly kind: 'addPosition' | 'describe' | 'removeBadge' }
  | { readonly kind: 'endPosition'; readonly position: PositionRow }

const paths = {
  addPosition: 'positions',
  endPosition: 'end-position',
  describe: 'describe',
  removeBadge: 'remove-badge',
} as const
const texts = {
  addPosition: 'addPositionText',
  endPosition: 'endPositionText',
  describe: 'describeText',
  removeBadge: 'removeBadgeText',
} as const

type Props = {
  readonly act: StaffAct
  readonly person: StaffPersonAnswer
  readonly onClose: () => void
}

export function StaffActDialog({ act: asked, person, onClose }: Props) {
  const say = useWords(staffWords)
  const sayCommon = useWords(administrationWords)
  const [position, setPosition] = useState(noPosition)
  const [described, setDescribed] = useState({
    ...{ display: person.display, employee: person.employee ?? '', licences: person.licences },
  })
  const bodies = {
    addPosition: position,
    describe: described,
    endPosition: asked.kind === 'endPosition' ? { position: asked.position.id } : {},
    removeBadge: {},
  }
  const act = useAct<string>(
    (reason) => ({
      path: `${staffPath}/people/${person.id}/${paths[asked.kind]}`,
      body: { reason, ...bodies[asked.kind] },
    }),
    { refreshes: staffRefreshes },
  )
  const place = asked.kind === 'endPosition' ? (asked.position.department?.name ?? '') : ''
  const told = act.error ? { error: act.error } : {}
  return (
    <ActDialog
      title={say(asked.kind)}
      text={say(texts[asked.kind], { name: person.display, place })}
      act={act}
      fields={asked.kind === 'describe' ? ['display', 'employee', 'until'] : positionFields}
      onDone={onClose}
      onCancel={onClose}
    >
      {asked.kind === 'addPosition' ? (
        <PositionFields value={position} onChange={setPosition} error={act.error} />
      ) : null}
      {asked.kind === 'describe' ? (
        <>
          <Field name="display" label={sayCommon('name')} {...told}>
            <Input
              value={described.display}
              onChange={(event) => setDescribed({ ...described, display: event.target.value })}
            />
          </Field>
          <Field name="employee" label={say('employee')} {...told}>
            <Input
              value={described.employee}
              onChange={(event) => setDescribed({ ...described, employee: event.target.value })}
            />
          </Field>
          <LicenceFields
            value={described.licences}
            onChange={(licences) => setDescribed({ ...described, licences })}
            error={act.error}
          />
        </>
      ) : null}
    </ActDialog>
  )
}
