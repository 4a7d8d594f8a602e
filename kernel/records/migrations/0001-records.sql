-- The record (docs/decisions/0004): current versions, superseded versions, and the values that search compares.
create schema records;
-- Substrings of texts (`:contains`) are found through trigrams.
create extension if not exists pg_trgm;

-- The resource types of FHIR R4; four bytes a row, readable in queries. Later ones are added with `alter type`.
create type records.resource_type as enum (
  'Account', 'ActivityDefinition', 'AdverseEvent', 'AllergyIntolerance', 'Appointment',
  'AppointmentResponse', 'AuditEvent', 'Basic', 'Binary', 'BiologicallyDerivedProduct', 'BodyStructure',
  'Bundle', 'CapabilityStatement', 'CarePlan', 'CareTeam', 'CatalogEntry', 'ChargeItem',
  'ChargeItemDefinition', 'Claim', 'ClaimResponse', 'ClinicalImpression', 'CodeSystem', 'Communication',
  'CommunicationRequest', 'CompartmentDefinition', 'Composition', 'ConceptMap', 'Condition', 'Consent',
  'Contract', 'Coverage', 'CoverageEligibilityRequest', 'CoverageEligibilityResponse', 'DetectedIssue',
  'Device', 'DeviceDefinition', 'DeviceMetric', 'DeviceRequest', 'DeviceUseStatement', 'DiagnosticReport',
  'DocumentManifest', 'DocumentReference', 'EffectEvidenceSynthesis', 'Encounter', 'Endpoint',
  'EnrollmentRequest', 'EnrollmentResponse', 'EpisodeOfCare', 'EventDefinition', 'Evidence',
  'EvidenceVariable', 'ExampleScenario', 'ExplanationOfBenefit', 'FamilyMemberHistory', 'Flag', 'Goal',
  'GraphDefinition', 'Group', 'GuidanceResponse', 'HealthcareService', 'ImagingStudy', 'Immunization',
  'ImmunizationEvaluation', 'ImmunizationRecommendation', 'ImplementationGuide', 'InsurancePlan', 'Invoice',
  'Library', 'Linkage', 'List', 'Location', 'Measure', 'MeasureReport', 'Media', 'Medication',
  'MedicationAdministration', 'MedicationDispense', 'MedicationKnowledge', 'MedicationRequest',
  'MedicationStatement', 'MedicinalProduct', 'MedicinalProductAuthorization',
  'MedicinalProductContraindication', 'MedicinalProductIndication', 'MedicinalProductIngredient',
  'MedicinalProductInteraction', 'MedicinalProductManufactured', 'MedicinalProductPackaged',
  'MedicinalProductPharmaceutical', 'MedicinalProductUndesirableEffect', 'MessageDefinition',
  'MessageHeader', 'MolecularSequence', 'NamingSystem', 'NutritionOrder', 'Observation',
  'ObservationDefinition', 'OperationDefinition', 'OperationOutcome', 'Organization',
  'OrganizationAffiliation', 'Parameters', 'Patient', 'PaymentNotice', 'PaymentReconciliation', 'Person',
  'PlanDefinition', 'Practitioner', 'PractitionerRole', 'Procedure', 'Provenance', 'Questionnaire',
  'QuestionnaireResponse', 'RelatedPerson', 'RequestGroup', 'ResearchDefinition',
  'ResearchElementDefinition', 'ResearchStudy', 'ResearchSubject', 'RiskAssessment', 'RiskEvidenceSynthesis',
  'Schedule', 'SearchParameter', 'ServiceRequest', 'Slot', 'Specimen', 'SpecimenDefinition',
  'StructureDefinition', 'StructureMap', 'Subscription', 'Substance', 'SubstanceNucleicAcid',
  'SubstancePolymer', 'SubstanceProtein', 'SubstanceReferenceInformation', 'SubstanceSourceMaterial',
  'SubstanceSpecification', 'SupplyDelivery', 'SupplyRequest', 'Task', 'TerminologyCapabilities',
  'TestReport', 'TestScript', 'ValueSet', 'VerificationResult', 'VisionPrescription'
);

-- Processes take keys in blocks, so that one statement can write a resource and its values.
create sequence records.key as bigint increment 1024;

create table records.current (
  -- 64-bit hash of tenant, type and id: the identity, and what references to it are compared with.
  self bigint not null,
  -- Short number of the resource for the tables of values; grows with time of creation.
  key bigint not null,
  updated timestamptz not null,
  -- The main clinical moment (Observation.effective, Encounter.period.start, …); -infinity where it has none.
  at timestamptz not null,
  tenant integer not null,
  version integer not null,
  type records.resource_type not null,
  deleted boolean not null,
  id text collate "C" not null,
  -- Logical id of the Patient in whose chart it is; of several the first.
  patient text collate "C",
  -- 64-bit hashes of all that token, reference and uri parameters compare, tenant and type folded in.
  terms bigint[] not null,
  -- The resource as it goes to the socket; empty for a deletion.
  content text not null
);

create unique index current_self on records.current (self);
create unique index current_key on records.current (key);
create index current_list on records.current (tenant, type, key) where not deleted;
create index current_updated on records.current (tenant, type, updated);
create index current_moment on records.current (tenant, type, at) where not deleted;
create index current_chart on records.current (tenant, patient, type, at desc) where patient is not null and not deleted;
-- New rows wait in a list that every search looks through: kept short, it costs a search 1 ms at most.
create index current_terms on records.current using gin (terms) with (gin_pending_list_limit = 512);
-- Plans are chosen by how frequent terms are; a young store changes fast.
alter table records.current set (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);

-- Versions that were superseded, each moved here once.
create table records.history (
  self bigint not null,
  updated timestamptz not null,
  tenant integer not null,
  version integer not null,
  type records.resource_type not null,
  deleted boolean not null,
  id text collate "C" not null,
  content text not null,
  primary key (self, version)
);
create index history_updated on records.history (tenant, type, updated);

-- `slot` is a 32-bit hash of tenant, type and parameter.
create table records.string_value (
  key bigint not null,
  slot integer not null,
  -- Folded for comparison; names in Chinese also as pinyin and as its initials.
  text text collate "C" not null
);
create index string_value_text on records.string_value (slot, text);
create index string_value_key on records.string_value (key);
create index string_value_part on records.string_value using gin (text gin_trgm_ops);

-- Milliseconds since 1970 UTC; `low` belongs to the range, `high` does not.
create table records.date_value (
  key bigint not null,
  low bigint not null,
  high bigint not null,
  slot integer not null
);
create index date_value_low on records.date_value (slot, low);
create index date_value_key on records.date_value (key);
-- Ranges of more than a day are few; those up to a day are found by `low` alone.
create index date_value_long on records.date_value (slot, high) where high - low > 86400000;

-- Numbers and quantities; both ends belong to the range. Units as 32-bit hashes.
create table records.quantity_value (
  key bigint not null,
  low float8 not null,
  high float8 not null,
  slot integer not null,
  -- Of system and code, of the code, and of the unit as written.
  coded integer,
  code integer,
  unit integer
);
create index quantity_value_low on records.quantity_value (slot, low);
create index quantity_value_key on records.quantity_value (key);
create index quantity_value_wide on records.quantity_value (slot, high) where low < high;
