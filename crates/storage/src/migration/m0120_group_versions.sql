-- How often a group's audience changed: nodes that heard of every change but one notice the gap and read the group anew.

alter table "groups" add column version bigint not null default 0;
create index group_members_silent on group_members (app_id, group_id, user_id) where mute_mode = 2;
