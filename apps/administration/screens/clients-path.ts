/** Where machine clients are asked for and changed. */
export const clientsPath = '/api/administration/clients'
