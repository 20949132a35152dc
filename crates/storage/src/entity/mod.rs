//! One file per table. Column names are those of the database.

macro_rules! entities {
    ($($name:ident),+ $(,)?) => {
        $(pub mod $name;)+

        /// Every table with its columns as the entities declare them: name, and whether it may be null.
        #[cfg(test)]
        pub(crate) fn declared_tables() -> Vec<(String, Vec<(String, bool)>)> {
            vec![$(declared::<$name::Entity>()),+]
        }
    };
}

entities!(
    app,
    block,
    carrier_letter,
    device,
    external_id,
    file,
    file_upload,
    group,
    group_announcement,
    group_file,
    group_member,
    group_request,
    group_restriction,
    import,
    imported_line,
    job,
    hook_attempt,
    hook_delivery,
    hook_endpoint,
    hook_event,
    outbox,
    proven_contact,
    qr_login,
    push_setting,
    push_tag,
    push_target,
    push_task,
    roster_application,
    roster_item,
    schedule,
    secret,
    send_count,
    sign_in_secret,
    sign_in,
    token,
    usage,
    user,
    verification_code,
);

#[cfg(test)]
fn declared<E: sea_orm::EntityTrait>() -> (String, Vec<(String, bool)>) {
    use sea_orm::{ColumnTrait, Iden, Iterable};

    let columns = E::Column::iter().map(|column| (column.to_string(), column.def().is_null()));
    (E::default().table_name().to_owned(), columns.collect())
}
