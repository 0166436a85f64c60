//! Opening a database: an empty one gets the schema, ours is opened, and whatever else it is, it is
//! refused with what to do about it and stays as it was.

use super::server::{ADMIN, Part, Server, shared, start};
use super::{made, options};
use ledger::postgres::moving::Steps;
use ledger::postgres::open::{Durability, Found, Options, Refusal, open};
use ledger::postgres::schema::{Room, SCHEMA, citus, statements};
use tokio_postgres::Client;

/// Whether a refusal is the one that is expected.
type Expected = fn(&Refusal) -> bool;

/// Opens it and tells why not.
async fn refusal(options: &Options) -> Refusal {
    match open(options).await {
        Ok(database) => panic!("it was opened: {database:?}"),
        Err(refusal) => refusal,
    }
}

/// Opens it and checks what is said, which never is the password.
async fn is_refused(url: String, is_it: Expected, says: &str) {
    let refusal = refusal(&options(url)).await;
    let said = refusal.to_string();
    assert!(is_it(&refusal), "{refusal:?}");
    assert!(said.contains(says), "{said}");
    assert!(!said.contains("hush"), "{said}");
}

async fn count(client: &Client, question: &str) -> i64 {
    client.query_one(question, &[]).await.unwrap().get(0)
}

/// How many relations of any kind a database has besides PostgreSQL's own.
async fn relations(server: &Server, database: &str) -> i64 {
    let client = server.connect(database).await;
    let question = "SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n \
                    ON n.oid = c.relnamespace WHERE n.nspname NOT LIKE 'pg\\_%' \
                    AND n.nspname <> 'information_schema'";
    count(&client, question).await
}

#[tokio::test]
async fn an_empty_database_gets_the_schema_once() {
    let (server, name, database) = made().await;
    assert_eq!((database.found, database.ledger_id), (Found::New, [7; 16]));
    let again = Options {
        new_ledger_id: [8; 16],
        ..options(server.url(ADMIN, &name))
    };
    let again = open(&again).await.unwrap();
    assert_eq!((again.found, again.ledger_id), (Found::Existing, [7; 16]));
    let client = server.connect(&name).await;
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'orihon'";
    let expected = statements(Room::Missing)
        .iter()
        .filter(|it| it.starts_with("CREATE TABLE"))
        .count();
    assert_eq!(
        count(&client, tables).await,
        i64::try_from(expected).unwrap()
    );
    assert_eq!(citus().len(), expected);
    // What would not work on every PostgreSQL, or in a cluster, is not there.
    let unwanted = "SELECT (SELECT count(*) FROM pg_class WHERE relkind = 'S' \
                    AND relnamespace = 'orihon'::regnamespace) + \
                    (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal) + \
                    (SELECT count(*) FROM pg_constraint WHERE contype = 'u' \
                    AND connamespace = 'orihon'::regnamespace) + \
                    (SELECT count(*) FROM information_schema.columns \
                    WHERE table_schema = 'orihon' AND column_default IS NOT NULL)";
    assert_eq!(count(&client, unwanted).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_open_an_empty_database_at_once_get_one_ledger() {
    let server = shared().await;
    for round in 0..6_u8 {
        let name = server.database().await;
        if round % 2 == 1 {
            // The schema was made for us, so that only tables are raced for.
            let client = server.connect(&name).await;
            client.batch_execute("CREATE SCHEMA orihon").await.unwrap();
        }
        let opening = (0..4_u8).map(|nth| {
            let options = Options {
                new_ledger_id: [nth; 16],
                ..options(server.url(ADMIN, &name))
            };
            tokio::spawn(async move { open(&options).await })
        });
        let opening: Vec<_> = opening.collect();
        let (mut new, mut ids) = (0, Vec::new());
        for opened in opening {
            let opened = opened.await.unwrap().unwrap();
            new += u8::from(opened.found == Found::New);
            ids.push(opened.ledger_id);
        }
        ids.dedup();
        assert_eq!((new, ids.len()), (1, 1), "round {round}");
    }
}

#[tokio::test]
async fn what_is_not_reached_is_told() {
    let server = shared().await;
    is_refused(
        "postgres:hush".to_owned(),
        |it| matches!(it, Refusal::NotAUrl { .. }),
        "write postgres://",
    )
    .await;
    is_refused(
        "postgres://ada:hush@127.0.0.1:1/shop".to_owned(),
        |it| matches!(it, Refusal::Unreachable { .. }),
        "is PostgreSQL running there",
    )
    .await;
    is_refused(
        "postgres://ada@/shop?host=/nowhere".to_owned(),
        |it| matches!(it, Refusal::Unreachable { .. }),
        "database shop at /nowhere as ada is not reached",
    )
    .await;
    for who in ["admin:hush", "admin", "nobody:hush"] {
        is_refused(
            server.network_url(who, "postgres"),
            |it| matches!(it, Refusal::WrongPassword { .. }),
            "put the right ones into the URL",
        )
        .await;
    }
    is_refused(
        server.url("nobody", "postgres"),
        |it| matches!(it, Refusal::WrongPassword { .. }),
        "role \"nobody\" does not exist",
    )
    .await;
    is_refused(
        server.url(ADMIN, "gone"),
        |it| matches!(it, Refusal::NoDatabase { .. }),
        "createdb --encoding=UTF8 --template=template0 gone",
    )
    .await;
    is_refused(
        server.network_url("admin:hush", "postgres?sslmode=require"),
        |it| matches!(it, Refusal::NoTls { .. }),
        "leave sslmode out",
    )
    .await;
}

#[tokio::test]
async fn the_right_password_opens() {
    let server = shared().await;
    let name = server.database().await;
    let url = server.network_url("admin:of%20the%20admin", &name);
    assert_eq!(open(&options(url)).await.unwrap().found, Found::New);
}

#[tokio::test]
async fn other_peoples_databases_are_left_alone() {
    let server = shared().await;
    let rows: [(&str, Expected, &str); 5] = [
        (
            "CREATE TABLE public.invoices (number integer)",
            |it| matches!(it, Refusal::Foreign { .. }),
            "such as public.invoices; make a database of its own: createdb",
        ),
        (
            "CREATE SCHEMA shop CREATE VIEW sales AS SELECT 1 AS one",
            |it| matches!(it, Refusal::Foreign { .. }),
            "such as shop.sales",
        ),
        (
            "CREATE SCHEMA orihon; CREATE TABLE orihon.folds (number integer)",
            |it| matches!(it, Refusal::NotOurs { .. }),
            "it says nowhere which ledger it is",
        ),
        (
            "CREATE SCHEMA orihon; CREATE TABLE orihon.ledger (format_version text, \
             schema_version text, ledger_id text); \
             INSERT INTO orihon.ledger VALUES ('1', '1', '1')",
            |it| matches!(it, Refusal::NotOurs { .. }),
            "of another form",
        ),
        (
            "CREATE SCHEMA orihon; CREATE TABLE public.invoices (number integer)",
            |it| matches!(it, Refusal::Foreign { .. }),
            "such as public.invoices",
        ),
    ];
    for (makes, is_it, says) in rows {
        let name = server.database().await;
        server
            .connect(&name)
            .await
            .batch_execute(makes)
            .await
            .unwrap();
        let before = relations(server, &name).await;
        is_refused(server.url(ADMIN, &name), is_it, says).await;
        assert_eq!(relations(server, &name).await, before, "{makes}");
    }
}

/// Tables that came with an extension are nobody's.
#[tokio::test]
async fn an_extension_is_in_nobodys_way() {
    let server = shared().await;
    let name = server.database().await;
    let client = server.connect(&name).await;
    client
        .batch_execute(
            "CREATE TABLE public.metadata (number integer); \
             ALTER EXTENSION plpgsql ADD TABLE public.metadata",
        )
        .await
        .unwrap();
    let opened = open(&options(server.url(ADMIN, &name))).await.unwrap();
    assert_eq!(opened.found, Found::New);
}

/// A schema of before ledgers moved, which is made a new one by what the refusal says.
#[tokio::test]
async fn an_older_schema_is_brought_up_by_what_is_said_of_it() {
    let (server, name, database) = made().await;
    drop(database);
    let client = server.connect(&name).await;
    let older = "ALTER TABLE orihon.ledger DROP COLUMN move_stage, DROP COLUMN move_id, \
                 DROP COLUMN move_place; UPDATE orihon.ledger SET schema_version = 1";
    client.batch_execute(older).await.unwrap();
    let options = options(server.url(ADMIN, &name));
    let said = refusal(&options).await.to_string();
    let (_, fix) = said.split_once("run there: ").expect("it says what to do");
    client.batch_execute(fix).await.unwrap();
    let opened = open(&options).await.unwrap();
    assert_eq!((opened.found, opened.ledger_id), (Found::Existing, [7; 16]));
}

/// What came with a version is made where it is missing, by whichever server comes first; before that
/// nobody reads or moves it, and a role that may make no tables is told what gives it the right.
#[tokio::test]
async fn the_version_before_gets_the_tables_that_it_lacks() {
    let (server, name, database) = made().await;
    drop(database);
    let client = server.connect(&name).await;
    let all = relations(server, &name).await;
    let older = "DROP TABLE orihon.sessions, orihon.credentials, orihon.sign_ins, orihon.leaves, \
                 orihon.accesses, orihon.leaving, orihon.audit, orihon.filed, orihon.to_file; \
                 CREATE TABLE orihon.to_file (store_id text, intent bytea); \
                 ALTER TABLE orihon.ledger DROP COLUMN steps; \
                 UPDATE orihon.ledger SET schema_version = 2";
    client.batch_execute(older).await.unwrap();
    let options = options(server.url(ADMIN, &name));
    let (one, other) = tokio::join!(open(&options), open(&options));
    for opened in [one.unwrap(), other.unwrap()] {
        assert_eq!((opened.found, opened.ledger_id), (Found::Existing, [7; 16]));
        assert_eq!(opened.steps, Steps::One);
    }
    assert_eq!(relations(server, &name).await, all);
    let version = "SELECT schema_version::bigint FROM orihon.ledger";
    assert_eq!(count(&client, version).await, i64::from(SCHEMA));
    // Tables that are there are left as they are, with what is in them.
    let row = "INSERT INTO orihon.leaving (key, row) VALUES ('\\x29', '\\x01'); \
               UPDATE orihon.ledger SET schema_version = 2";
    client.batch_execute(row).await.unwrap();
    open(&options).await.unwrap();
    let kept = "SELECT count(*) FROM orihon.leaving";
    assert_eq!(count(&client, kept).await, 1);
}

#[tokio::test]
async fn other_versions_and_missing_tables_are_told() {
    let rows: [(String, Expected, &str); 6] = [
        (
            "UPDATE orihon.ledger SET schema_version = 1".to_owned(),
            |it| matches!(it, Refusal::Older { .. }),
            "and run there: ALTER TABLE orihon.ledger ADD COLUMN",
        ),
        (
            format!("UPDATE orihon.ledger SET schema_version = {}", SCHEMA + 1),
            |it| matches!(it, Refusal::Newer { .. }),
            "use a newer orihon",
        ),
        (
            "UPDATE orihon.ledger SET format_version = 99".to_owned(),
            |it| matches!(it, Refusal::Newer { format: 99, .. }),
            "rows of format 99",
        ),
        (
            "DELETE FROM orihon.ledger".to_owned(),
            |it| matches!(it, Refusal::NotOurs { .. }),
            "it says 0 times which ledger it is",
        ),
        (
            "DROP TABLE orihon.feed".to_owned(),
            |it| matches!(it, Refusal::NotOurs { .. }),
            "it lacks the table feed",
        ),
        (
            "UPDATE orihon.ledger SET ledger_id = '\\x00'".to_owned(),
            |it| matches!(it, Refusal::NotOurs { .. }),
            "not of 16 bytes",
        ),
    ];
    for (change, is_it, says) in rows {
        let (server, name, database) = made().await;
        drop(database);
        let client = server.connect(&name).await;
        client.batch_execute(&change).await.unwrap();
        let before = relations(server, &name).await;
        is_refused(server.url(ADMIN, &name), is_it, says).await;
        assert_eq!(relations(server, &name).await, before, "{change}");
    }
}

/// Each refusal names what gives the right, and given that, the database opens.
#[tokio::test]
async fn missing_rights_are_named_and_then_enough() {
    let server = shared().await;
    let name = server.database().await;
    let admin = server.connect(&name).await;
    let role = format!("few \"rights\" {name}");
    let quoted = role.replace('"', "\"\"");
    let make = format!(
        "CREATE ROLE \"{quoted}\" LOGIN PASSWORD 'hush'; \
         REVOKE CONNECT ON DATABASE {name} FROM PUBLIC"
    );
    admin.batch_execute(&make).await.unwrap();
    let encoded = role.replace(' ', "%20").replace('"', "%22");
    let url = server.url(&encoded, &name);
    let grant = granted(&url, &admin, "GRANT CONNECT, CREATE ON DATABASE").await;
    // Too much at once, for the next step.
    let revoke = grant.replace("GRANT", "REVOKE").replace(" TO ", " FROM ");
    admin.batch_execute(&revoke).await.unwrap();
    let connect = format!("GRANT CONNECT ON DATABASE {name} TO \"{quoted}\"");
    admin.batch_execute(&connect).await.unwrap();
    granted(&url, &admin, "GRANT CREATE ON DATABASE").await;
    assert_eq!(open(&options(url.clone())).await.unwrap().found, Found::New);
    // A ledger that somebody else made, in whose schema and tables the role has no rights.
    admin
        .batch_execute(&format!("REASSIGN OWNED BY \"{quoted}\" TO {ADMIN}"))
        .await
        .unwrap();
    let grant = granted(&url, &admin, "GRANT USAGE ON SCHEMA orihon TO").await;
    assert!(grant.contains("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES"));
    let opened = open(&options(url.clone())).await.unwrap();
    assert_eq!(opened.found, Found::Existing);
    // An empty schema that somebody else made for us.
    admin
        .batch_execute("DROP SCHEMA orihon CASCADE; CREATE SCHEMA orihon")
        .await
        .unwrap();
    granted(&url, &admin, "GRANT USAGE, CREATE ON SCHEMA orihon TO").await;
    assert_eq!(open(&options(url)).await.unwrap().found, Found::New);
}

/// Opens it, gives the right that is said to be missing, and tells how.
async fn granted(url: &str, admin: &Client, begins: &str) -> String {
    let refusal = refusal(&options(url.to_owned())).await;
    let Refusal::MissingRights { grant, .. } = refusal else {
        panic!("{refusal:?}");
    };
    assert!(grant.starts_with(begins), "{grant}");
    admin.batch_execute(&grant).await.unwrap();
    grant
}

#[tokio::test]
async fn a_database_of_another_encoding_is_refused() {
    let server = shared().await;
    let name = server.database_with("ENCODING 'LATIN1' LOCALE 'C'").await;
    is_refused(
        server.url(ADMIN, &name),
        |it| matches!(it, Refusal::NotUtf8 { .. }),
        "encoding LATIN1; make one anew: createdb --encoding=UTF8",
    )
    .await;
}

#[tokio::test]
async fn a_database_that_forgets_is_refused_unless_that_is_waived() {
    let server = shared().await;
    let name = server.database().await;
    let admin = server.connect("postgres").await;
    let off = format!("ALTER DATABASE {name} SET synchronous_commit = off");
    admin.batch_execute(&off).await.unwrap();
    let is_it = |it: &Refusal| matches!(it, Refusal::NotDurable { .. });
    let url = server.url(ADMIN, &name);
    is_refused(url.clone(), is_it, "synchronous_commit = off").await;
    assert_eq!(relations(server, &name).await, 0);
    let waived = Options {
        durability: Durability::Waived,
        ..options(url)
    };
    assert_eq!(open(&waived).await.unwrap().found, Found::New);
    for setting in ["fsync", "full_page_writes"] {
        let server = start(&[&format!("{setting}=off")], Part::Primary).await;
        let name = server.database().await;
        is_refused(server.url(ADMIN, &name), is_it, &format!("{setting} = off")).await;
    }
}

#[tokio::test]
async fn a_server_that_takes_no_writes_is_refused() {
    let replica = start(&[], Part::Replica).await;
    let is_it = |it: &Refusal| matches!(it, Refusal::ReadOnly { .. });
    is_refused(replica.url(ADMIN, "postgres"), is_it, "it is a replica").await;
    let server = shared().await;
    let name = server.database().await;
    let admin = server.connect("postgres").await;
    let only = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    admin.batch_execute(&only).await.unwrap();
    let url = server.url(ADMIN, &name);
    is_refused(url, is_it, "default_transaction_read_only is on").await;
}
