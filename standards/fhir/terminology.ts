/**
 * R4's own code systems, value sets and concept maps by url (terminologies.html §4.1): 6 MB of text, 0.2 s to load, so who needs it loads
 * this door when it is first asked.
 */
export {
  codeSystems as standardCodeSystems,
  conceptMaps as standardConceptMaps,
  valueSets as standardValueSets,
} from './generated/terminology.js'
