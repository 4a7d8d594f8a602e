/** Chooses one or more roles by their titles. */
import { useWords } from '@xinglin/kit'
import { Select } from 'antd'
import { administrationWords } from './administration-words.ts'
import { useRoles } from './roles-answer.ts'

type Props = {
  readonly value: readonly string[]
  readonly onChange: (roles: readonly string[]) => void
  /** The only ones that may be chosen; absent: all. */
  readonly among?: readonly string[] | undefined
}

export function RoleChoice({ value, onChange, among }: Props) {
  const say = useWords(administrationWords)
  const { roles, titleOf } = useRoles()
  return (
    <Select
      mode="multiple"
      style={{ width: '100%' }}
      value={[...value]}
      aria-label={say('roles')}
      onChange={onChange}
      optionFilterProp="label"
      options={(among ?? roles.map(({ id }) => id)).map((id) => ({ value: id, label: titleOf(id) }))}
    />
  )
}
