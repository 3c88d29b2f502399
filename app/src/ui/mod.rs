//! The parts that pages are made of, one a file, each with its look in `style/ui`. They know nothing of the product:
//! only Leptos, and `browser` for the comfort that scripts add. Each works as plain HTML.

#![expect(
    unreachable_pub,
    reason = "what the component macro makes of a public component is public too"
)]

mod avatar;
mod badge;
mod button;
mod button_link;
mod card;
mod checkbox;
mod checkbox_filter;
mod checkbox_list;
mod chip;
mod copy_button;
mod data_table;
mod definition_list;
mod dialog;
mod dialog_button;
mod divider;
mod empty_state;
mod error_summary;
mod field;
mod file_field;
mod hydrated;
mod icon;
mod maybe_text;
mod menu;
mod menu_item;
mod meter;
mod notice;
mod page_header;
mod pager;
mod password_field;
mod person;
mod picker;
mod post_form;
mod progress;
mod reason;
mod search_field;
mod select_field;
mod switch;
mod tabs;
mod text_area;
mod text_field;
mod time;
mod toast;
mod toolbar;

pub use crate::browser::{close_dialog, focus, show_dialog};
pub use avatar::Avatar;
pub use badge::{Badge, BadgeKind};
pub use button::{Button, ButtonKind, ButtonSize};
pub use button_link::ButtonLink;
pub use card::{Card, CardBody, CardFooter, CardHeader, Stack};
pub use checkbox::Checkbox;
pub use checkbox_list::{CheckboxList, CheckboxOption};
pub use chip::Chip;
pub use copy_button::CopyButton;
pub use data_table::{ColumnHeader, DataTable, Sorted};
pub use definition_list::{Definition, DefinitionList};
pub use dialog::{Dialog, DialogBody, DialogFooter};
pub use dialog_button::DialogButton;
pub use divider::Divider;
pub use empty_state::EmptyState;
pub use error_summary::ErrorSummary;
pub use file_field::FileField;
pub use icon::{Icon, IconKind};
pub use maybe_text::MaybeText;
pub use menu::Menu;
pub use menu_item::{MenuLink, MenuSection, MenuSubmit};
pub use meter::Meter;
pub use notice::{Notice, NoticeKind};
pub use page_header::PageHeader;
pub use pager::Pager;
pub use password_field::PasswordField;
pub use person::Person;
pub use picker::{Ask, Picker};
pub use post_form::{PostForm, Sending};
pub use progress::Progress;
pub use search_field::SearchField;
pub use select_field::{SelectField, SelectOption};
pub use switch::Switch;
pub use tabs::{Tab, Tabs};
pub use text_area::TextArea;
pub use text_field::{TextField, TextKind};
pub use time::Time;
pub use toast::Toast;
pub use toolbar::Toolbar;
