//! Addresses that cannot be had.

use door::BindError;

#[tokio::test]
async fn an_address_in_use_is_named_with_its_holder_and_the_way_out() {
    let first = door::bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = first.address();
    let error = door::bind(address).unwrap_err();
    let text = error.to_string();
    let expected = format!(
        "address {address} is in use; stop the other program or choose another with --listen"
    );
    assert!(text.starts_with(&expected), "{text}");
    let BindError::InUse { holder, .. } = error else {
        panic!("{text}")
    };
    if cfg!(target_os = "linux") {
        let holder = holder.expect("we may look at our own process");
        assert_eq!(holder.pid, std::process::id());
        assert!(text.ends_with(&format!(
            " (held by pid {}, {})",
            holder.pid, holder.command
        )));
    }
}

#[tokio::test]
async fn a_freed_address_can_be_had_again() {
    let first = door::bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = first.address();
    drop(first);
    assert_eq!(door::bind(address).unwrap().address(), address);
}

#[tokio::test]
async fn an_address_of_another_machine_is_explained() {
    // Kept free for documentation, so that no machine has it.
    let error = door::bind("192.0.2.1:8470".parse().unwrap()).unwrap_err();
    assert!(matches!(error, BindError::NotHere { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "address 192.0.2.1:8470 does not belong to this machine; choose one that does with \
         --listen, such as 127.0.0.1:8470"
    );
}
