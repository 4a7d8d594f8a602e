/** Where the server keeps the providers of sign-in. */
export const providersPath = '/api/administration/sign-in-providers'
