/** An act at the FHIR door that runs once, with its running state and its failure. */
import { useMutation } from '@tanstack/react-query'
import { type AnswerError, useRefresh } from '@xinglin/kit'
import { useCallback } from 'react'
import { type Asked, asAnswerError, askDoor, type Told } from './door.ts'

export type DoorAct<Input> = {
  /** The answer; undefined while the act is running, and where it failed (see `error`). */
  readonly run: (input: Input) => Promise<Told | undefined>
  readonly isRunning: boolean
  readonly error: AnswerError | undefined
}

/** `refreshes` names the path prefixes whose answers the act changes. */
export function useDoorAct<Input>(
  request: (input: Input) => Asked | Promise<Asked>,
  { refreshes }: { readonly refreshes: readonly string[] },
): DoorAct<Input> {
  const refresh = useRefresh()
  const { mutateAsync, isPending, error } = useMutation<Told, Error, Input>({
    mutationFn: async (input) => askDoor(await request(input)),
    onSuccess: () => Promise.all(refreshes.map((prefix) => refresh(prefix))),
  })
  const run = useCallback(
    async (input: Input) =>
      isPending
        ? undefined
        : mutateAsync(input).catch(
            // The failure is drawn from `error`.
            () => undefined,
          ),
    [isPending, mutateAsync],
  )
  return { run, isRunning: isPending, error: error ? asAnswerError(error) : undefined }
}
