/** Permission of what is no resource: seeing the bulk work of everybody in the institution. */
export const listPermission = 'integration.bulk.read'
