//! Floor 2: how calls of aggregates and windows are written.

use super::Writer;
use crate::query::Expression;
use crate::query::aggregate::AggregateCall;
use crate::query::window::{Frame, FrameMode, WindowClause};

impl Writer {
    /// Writes a call of an aggregate or a window function.
    pub(super) fn aggregate(&mut self, call: &AggregateCall) {
        self.text(call.function);
        self.parenthesized(|writer| {
            if call.distinct {
                writer.text("DISTINCT ");
            }
            writer.expressions(&call.arguments);
            if !call.within_group {
                writer.order(&call.order);
            }
        });
        if call.within_group {
            self.text(" WITHIN GROUP (ORDER BY ");
            self.terms(&call.order);
            self.text(")");
        }
        if let Some(condition) = &call.filter {
            self.text(" FILTER (WHERE ");
            self.expression(condition);
            self.text(")");
        }
        match &call.over {
            None => {}
            Some(WindowClause { name: Some(name), .. })
                if call.over.as_ref().is_some_and(WindowClause::is_name) =>
            {
                self.text(" OVER ");
                self.identifier(name);
            }
            Some(window) => {
                self.text(" OVER ");
                self.window(window);
            }
        }
    }

    /// Writes a window's definition.
    pub(super) fn window(&mut self, window: &WindowClause) {
        self.parenthesized(|writer| {
            let mut is_first = true;
            let mut next = |writer: &mut Self| {
                if !std::mem::take(&mut is_first) {
                    writer.text(" ");
                }
            };
            if let Some(name) = window.name {
                next(writer);
                writer.identifier(name);
            }
            if !window.partition.is_empty() {
                next(writer);
                writer.text("PARTITION BY ");
                writer.expressions(&window.partition);
            }
            if !window.order.is_empty() {
                next(writer);
                writer.text("ORDER BY ");
                writer.terms(&window.order);
            }
            if let Some(frame) = &window.frame {
                next(writer);
                writer.text(match frame.mode {
                    FrameMode::Rows => "ROWS BETWEEN ",
                    FrameMode::Range => "RANGE BETWEEN ",
                    FrameMode::Groups => "GROUPS BETWEEN ",
                });
                writer.frame_end(&frame.from);
                writer.text(" AND ");
                writer.frame_end(&frame.to);
                writer.text(frame.exclusion);
            }
        });
    }

    fn frame_end(&mut self, end: &Frame<Expression>) {
        let (offset, words) = match end {
            Frame::UnboundedPreceding => (None, "UNBOUNDED PRECEDING"),
            Frame::Preceding(offset) => (Some(offset), " PRECEDING"),
            Frame::CurrentRow => (None, "CURRENT ROW"),
            Frame::Following(offset) => (Some(offset), " FOLLOWING"),
            Frame::UnboundedFollowing => (None, "UNBOUNDED FOLLOWING"),
        };
        if let Some(offset) = offset {
            self.expression(offset);
        }
        self.text(words);
    }
}
