/** R4 xml.html §2.6.1: the XML form of resources, driven by the element tables, both ways between texts. */

export { jsonOfXml } from './xml/read-xml.ts'
export { type XmlOptions, xmlOfJson } from './xml/write-xml.ts'
