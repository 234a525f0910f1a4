//! Paints the window on the CPU, so that pictures of it are the same on every machine, with a GPU or without.

use std::collections::HashMap;

use dream_soft_render::{ClipRect, Color, Mesh, SoftwareRenderer, TextureId, Vertex};
use egui::TexturesDelta;
use egui::epaint::{ImageData, Primitive, TextureId as Asked};
use egui_kittest::TestRenderer;
use image::RgbaImage;

/// The rasterizer's limit is 1280 × 720 pixels.
#[derive(Default)]
pub struct Painter {
    renderer: SoftwareRenderer,
    textures: HashMap<Asked, TextureId>,
}

fn bytes(image: &ImageData) -> Vec<u8> {
    let ImageData::Color(image) = image;
    image.pixels.iter().flat_map(egui::Color32::to_array).collect()
}

impl TestRenderer for Painter {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        let set = std::mem::take(&mut delta.set);
        for (asked, change) in
            set.into_iter().flat_map(|(asked, all)| all.into_iter().map(move |it| (asked, it)))
        {
            let [width, height] = change.image.size();
            let pixels = bytes(&change.image);
            if let (Some([x, y]), Some(known)) = (change.pos, self.textures.get(&asked)) {
                self.renderer.update_texture(*known, x, y, width, height, &pixels).unwrap();
                continue;
            }
            let made = self.renderer.create_texture(width, height, &pixels).unwrap();
            if let Some(old) = self.textures.insert(asked, made) {
                self.renderer.free_texture(old).unwrap();
            }
        }
        for asked in std::mem::take(&mut delta.free) {
            if let Some(old) = self.textures.remove(&asked) {
                self.renderer.free_texture(old).unwrap();
            }
        }
    }

    fn render(&mut self, ctx: &egui::Context, output: &egui::FullOutput) -> Result<RgbaImage, String> {
        let scale = output.pixels_per_point;
        let size = ctx.content_rect().size() * scale;
        let (width, height) = (size.x.round() as usize, size.y.round() as usize);
        let meshes = ctx.tessellate(output.shapes.clone(), scale);
        let mut frame = self.renderer.begin_frame(width, height).map_err(|error| error.to_string())?;
        frame.clear(Color::from_rgb(0, 0, 0));
        for clipped in &meshes {
            let Primitive::Mesh(mesh) = &clipped.primitive else {
                return Err("a paint callback can't be painted here".to_owned());
            };
            let vertices: Vec<Vertex> = mesh
                .vertices
                .iter()
                .map(|vertex| {
                    let [r, g, b, a] = vertex.color.to_array();
                    let pos = [vertex.pos.x * scale, vertex.pos.y * scale];
                    Vertex::new(pos, [vertex.uv.x, vertex.uv.y], Color::from_rgba_premultiplied(r, g, b, a))
                })
                .collect();
            let edge = |value: f32, most: usize| (value * scale).round().clamp(0.0, most as f32) as u32;
            let rect = clipped.clip_rect;
            let clip = ClipRect::new(
                edge(rect.min.x, width),
                edge(rect.min.y, height),
                edge(rect.max.x, width),
                edge(rect.max.y, height),
            );
            let texture = self.textures.get(&mesh.texture_id).copied();
            frame
                .mesh(Mesh { vertices: &vertices, indices: &mesh.indices, texture }, clip)
                .map_err(|error| error.to_string())?;
        }
        let pixels = frame.surface().pixels.clone();
        RgbaImage::from_raw(width as u32, height as u32, pixels).ok_or_else(|| "no picture".to_owned())
    }
}
