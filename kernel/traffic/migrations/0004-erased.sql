-- Raw bytes that were erased with a person's data: what became of the message stays, and its digest, so that the same
-- message sent again is known and not taken in anew.

alter table traffic.message add column erased timestamptz;
