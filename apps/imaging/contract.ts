/** What others may rely on of imaging: its permission and the address of its viewer. */

export const imagingPermissions = { view: 'imaging.study.view' } as const

/** The address of the viewer of a study. */
export function viewerAddress(studyInstanceUid: string): string {
  return `/imaging/viewer/${encodeURIComponent(studyInstanceUid)}`
}
