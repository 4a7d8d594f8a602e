/** What claims say of a person (OpenID Connect Core 1.0 §5.1), read by the paths that a provider's settings name. */
import type { OidcSettings } from '@xinglin/identity'

export type Claims = Readonly<Record<string, unknown>>

export type Read = {
  readonly login?: string
  readonly display?: string
  readonly groups?: readonly string[]
  readonly hasSecondFactor: boolean
}

const maxNameCharacters = 200
const maxGroupCharacters = 500

/** Names and groups; absent where the claims do not tell. */
export function readClaims(claims: Claims, settings: OidcSettings): Read {
  const login = textAt(claims, settings.loginClaim)
  const display = textAt(claims, settings.displayClaim)
  const groups = textsAt(claims, settings.groupsClaim)
  return {
    ...(login === undefined ? {} : { login }),
    ...(display === undefined ? {} : { display }),
    ...(groups === undefined ? {} : { groups }),
    hasSecondFactor: showsSecondFactor(claims, settings),
  }
}

/** RFC 8176 `amr`, and `acr` as the provider defines it: only values that the settings name count. */
function showsSecondFactor({ acr, amr }: Claims, settings: OidcSettings): boolean {
  const byClass = typeof acr === 'string' && settings.secondFactorAcr.includes(acr)
  const byMethod = Array.isArray(amr) && amr.some((each) => settings.secondFactorAmr.includes(each))
  return byClass || byMethod
}

/** A claim by its name, which may have dots in it, or by a path of members. */
function valueAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path]
  return path
    .split('.')
    .reduce<unknown>(
      (at, name) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? Reflect.get(at, name) : undefined,
      claims,
    )
}

function textAt(claims: Claims, path: string): string | undefined {
  const value = valueAt(claims, path)
  return typeof value === 'string' && value.trim() !== '' && value.length <= maxNameCharacters
    ? value.trim()
    : undefined
}

function textsAt(claims: Claims, path: string): readonly string[] | undefined {
  const value = valueAt(claims, path)
  if (value === undefined) return undefined
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.filter(
    (each): each is string => typeof each === 'string' && each !== '' && each.length <= maxGroupCharacters,
  )
}
