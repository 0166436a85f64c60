//! The server from outside: a real one for each test, on a folder and a port of its own, asked over
//! real connections. Nothing here waits for a moment; tests wait for answers and for states.

#[cfg(test)]
mod batch;
#[cfg(test)]
mod call;
#[cfg(test)]
mod goods;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod settle;
#[cfg(test)]
mod show;
#[cfg(test)]
mod world;
