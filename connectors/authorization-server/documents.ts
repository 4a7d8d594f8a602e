/** Discovery of SMART App Launch 2.2 §conformance: `.well-known/smart-configuration` below the FHIR base. */
import { paths } from './provider.ts'

/** What apps read before they ask. */
export function smartConfiguration(issuer: string): Readonly<Record<string, unknown>> {
  return {
    issuer,
    jwks_uri: `${issuer}${paths.jwks}`,
    authorization_endpoint: `${issuer}${paths.authorization}`,
    token_endpoint: `${issuer}${paths.token}`,
    introspection_endpoint: `${issuer}${paths.introspection}`,
    revocation_endpoint: `${issuer}${paths.revocation}`,
    token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    scopes_supported: [
      ...['openid', 'profile', 'fhirUser', 'launch', 'launch/patient', 'launch/encounter'],
      ...['offline_access', 'online_access', 'patient/*.cruds', 'user/*.cruds', 'system/*.cruds'],
    ],
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    capabilities: [
      ...['launch-ehr', 'launch-standalone'],
      ...['client-public', 'client-confidential-asymmetric', 'sso-openid-connect', 'authorize-post'],
      ...['context-banner', 'context-ehr-patient', 'context-ehr-encounter'],
      ...['context-standalone-patient', 'context-standalone-encounter'],
      ...['permission-offline', 'permission-online', 'permission-patient', 'permission-user'],
      ...['permission-v1', 'permission-v2'],
    ],
  }
}
