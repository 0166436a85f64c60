//! The network between devices and server. A request may never arrive, arrive twice, or arrive and
//! its answer be lost or torn: all that a device sees is that nobody answered, or half a page.

use crate::chance::Chance;
use crate::town::Time;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use device::link::{Answer, Parcel, Road, Travel};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http_body_util::BodyExt;
use std::sync::{Arc, Mutex, PoisonError};
use tower::ServiceExt;

/// How bad it is, in percent of all requests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Forecast {
    /// Requests that never arrive.
    pub lost: usize,
    /// Answers that never arrive.
    pub unheard: usize,
    /// Requests that arrive twice.
    pub twice: usize,
    /// Answers of which half arrives.
    pub torn: usize,
}

/// The network of one town.
#[derive(Clone)]
pub struct Weather {
    server: Arc<Mutex<Option<Router>>>,
    state: Arc<Mutex<(Forecast, Chance)>>,
    time: Time,
}

enum Fate {
    Lost,
    Unheard,
    Twice,
    Torn,
    Fine,
}

impl Weather {
    /// Fine weather, and nobody at the other end.
    #[must_use]
    pub fn new(seed: u64, time: Time) -> Self {
        let state = (Forecast::default(), Chance::new(seed));
        Self {
            server: Arc::default(),
            state: Arc::new(Mutex::new(state)),
            time,
        }
    }

    /// Who answers from now on; nobody while the server is down.
    pub fn serve(&self, router: Option<Router>) {
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = router;
    }

    /// From now on it is like this.
    pub fn turn(&self, forecast: Forecast) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 = forecast;
    }

    fn fate(&self) -> Fate {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (forecast, chance) = &mut *state;
        let fates = [
            (forecast.lost, Fate::Lost),
            (forecast.unheard, Fate::Unheard),
            (forecast.twice, Fate::Twice),
            (forecast.torn, Fate::Torn),
        ];
        let mut drawn = chance.below(100);
        for (percent, fate) in fates {
            if drawn < percent {
                return fate;
            }
            drawn -= percent;
        }
        Fate::Fine
    }

    /// Asks the server itself, in any weather.
    ///
    /// # Errors
    /// If nobody is there.
    pub async fn deliver(&self, parcel: &Parcel) -> Result<Answer, String> {
        let router = self
            .server
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let router = router.ok_or("nobody is there")?;
        let request = &parcel.request;
        let mut draft = http::Request::builder()
            .method(request.method.as_str())
            .uri(&request.path);
        for (name, value) in &parcel.proof {
            draft = draft.header(*name, value);
        }
        let mut body = Bytes::new();
        if let Some((media_type, content)) = &request.content {
            draft = draft.header(CONTENT_TYPE, *media_type);
            body = content.clone();
        }
        let asked = draft
            .body(Body::from(body))
            .map_err(|error| error.to_string())?;
        let response = router
            .oneshot(asked)
            .await
            .map_err(|error| error.to_string())?;
        let status = response.status().as_u16();
        let retry_after_ms = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse::<i64>().ok())
            .map(|seconds| seconds * 1_000);
        let body = response.into_body().collect().await;
        Ok(Answer {
            status,
            retry_after_ms,
            date: Some(self.time.now()),
            body: body.map_err(|error| error.to_string())?.to_bytes(),
        })
    }
}

impl Road for Weather {
    fn travel(&self, parcel: Parcel) -> Travel<'_> {
        Box::pin(async move {
            match self.fate() {
                Fate::Lost => Err("the request was lost".to_owned()),
                Fate::Unheard => {
                    self.deliver(&parcel).await?;
                    Err("the answer was lost".to_owned())
                }
                Fate::Twice => {
                    self.deliver(&parcel).await?;
                    self.deliver(&parcel).await
                }
                Fate::Torn => {
                    let mut answer = self.deliver(&parcel).await?;
                    answer.body.truncate(answer.body.len() / 2);
                    Ok(answer)
                }
                Fate::Fine => self.deliver(&parcel).await,
            }
        })
    }
}
