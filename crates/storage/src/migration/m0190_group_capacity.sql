-- Groups follow the capacity of the app's settings, which was copied into them when they were made; one with a number of its own has it here.

alter table "groups" add column own_capacity bigint;
