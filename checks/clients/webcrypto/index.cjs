/** W3C Web Cryptography API as Node has it, for fhirclient under Node. */
module.exports = require('node:crypto').webcrypto
