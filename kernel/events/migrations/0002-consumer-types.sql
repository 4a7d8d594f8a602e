-- Types of resources that a reader asks for; null for all.
alter table events.consumer add column resource_types text[];
