/** Files as sources and destinations of interfaces: folders of this machine, and of others over SFTP. */
export { type FileOptions, fileDestination, fileSource } from './file-kinds.ts'
export { type SftpOptions, sftpDestination, sftpSource } from './sftp-kinds.ts'
