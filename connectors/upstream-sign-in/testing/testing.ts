/** What journeys take from here: systems of a hospital that sign people in, and the settings that fit them. */
export { makeCertificate } from './certificate.ts'
export { ldapProvider, oidcProvider } from './hospital.ts'
export { startSignOn } from './sign-on.ts'
export { startSmallDirectory } from './small-directory.ts'
