//! The data: posts in memory.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};

use crate::app::App;

/// Most posts that are kept: a stranger can post as many as he likes.
const MOST: usize = 10_000;

/// A post.
#[derive(Clone, Serialize)]
pub struct Post {
    id: usize,
    title: String,
    body: String,
}

/// What a client sends to make one.
#[derive(Deserialize)]
pub struct Draft {
    title: String,
    #[serde(default)]
    body: String,
}

/// All posts; their numbers count from 1.
pub struct Store(Mutex<Vec<Post>>);

impl Default for Store {
    fn default() -> Store {
        let post = |id| Post { id, title: format!("Post {id}"), body: format!("What there is to say in post {id}.") };
        Store(Mutex::new((1..=10).map(post).collect()))
    }
}

impl Store {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<Post>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// `GET /api/posts`: the first ten.
pub async fn list(State(app): State<Arc<App>>) -> Json<Vec<Post>> {
    Json(app.posts.with(|posts| posts.iter().take(10).cloned().collect()))
}

/// `GET /api/posts/:id`
pub async fn one(State(app): State<Arc<App>>, Path(id): Path<usize>) -> Result<Json<Post>, StatusCode> {
    app.posts.with(|posts| posts.get(id.checked_sub(1)?).cloned()).map(Json).ok_or(StatusCode::NOT_FOUND)
}

/// `POST /api/posts`
pub async fn create(
    State(app): State<Arc<App>>,
    Json(Draft { title, body }): Json<Draft>,
) -> Result<impl IntoResponse, StatusCode> {
    let post = app.posts.with(|posts| {
        let post = Post { id: posts.len() + 1, title, body };
        let room = posts.len() < MOST;
        room.then(|| {
            posts.push(post.clone());
            post
        })
    });
    let post = post.ok_or(StatusCode::INSUFFICIENT_STORAGE)?;
    Ok((StatusCode::CREATED, [(LOCATION, format!("/api/posts/{}", post.id))], Json(post)))
}
