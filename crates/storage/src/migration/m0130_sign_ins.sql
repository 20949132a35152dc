-- Which device is signed in with which token. A token may serve several devices, and who puts one of them out must reach every token
-- it holds. The second index finds the tokens of a device, the third what is past its time.

create table sign_ins (
    app_id integer not null,
    token_no bigint not null,
    device_sn integer not null,
    user_id bigint not null,
    since bigint not null,
    primary key (app_id, token_no, device_sn)
);
create index sign_ins_device on sign_ins (app_id, user_id, device_sn);
create index tokens_end on tokens (expires_at);
insert into sign_ins (app_id, token_no, device_sn, user_id, since)
    select app_id, token_no, device_sn, user_id, created_at from tokens where device_sn <> 0;
