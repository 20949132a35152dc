-- Whom the app's own pushes reach: a name the app gives a user, labels, the number on the icon. Names and labels may be personal, so they are sealed and found by index.

create table push_settings (
    app_id integer not null,
    user_id bigint not null,
    alias {blob} not null,
    alias_index {blob},
    token_index {blob},
    badge integer not null,
    primary key (app_id, user_id)
);
create index push_settings_alias on push_settings (app_id, alias_index);
create index push_settings_token on push_settings (app_id, token_index);

create table push_tags (
    app_id integer not null,
    user_id bigint not null,
    tag_index {blob} not null,
    tag {blob} not null,
    primary key (app_id, user_id, tag_index)
);
create index push_tags_tag on push_tags (app_id, tag_index);
