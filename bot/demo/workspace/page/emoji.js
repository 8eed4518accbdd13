// The emoji a team's bot uses, by Slack's names. Others are shown by name.

const LINES = `
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|heavy_multiplication_x ✖️
eyes 👀|raised_hands 🙌|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|tada 🎉|clap 👏|pray 🙏|ok_hand 👌
wave 👋|muscle 💪|point_right 👉|point_up ☝️|thinking_face 🤔|smile 😄|slightly_smiling_face 🙂
grinning 😀|joy 😂|heart ❤️|fire 🔥|rocket 🚀|sparkles ✨|star ⭐|trophy 🏆|medal 🏅|dart 🎯
warning ⚠️|rotating_light 🚨|no_entry ⛔|octagonal_sign 🛑|exclamation ❗|question ❓|bangbang ‼️
information_source ℹ️|bulb 💡|mag 🔍|mag_right 🔎|bell 🔔|no_bell 🔕|zzz 💤|hourglass ⌛
hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|clock1 🕐|calendar 📆|date 📅|spiral_calendar_pad 🗓️
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|moneybag 💰|money_with_wings 💸
credit_card 💳|scales ⚖️|balance_scale ⚖️|arrow_up ⬆️|arrow_down ⬇️|arrow_right ➡️|arrow_left ⬅️
arrow_upper_right ↗️|arrow_lower_right ↘️|left_right_arrow ↔️|arrows_counterclockwise 🔄|repeat 🔁
small_red_triangle 🔺|small_red_triangle_down 🔻|large_green_circle 🟢|large_yellow_circle 🟡
large_orange_circle 🟠|red_circle 🔴|large_blue_circle 🔵|white_circle ⚪|black_circle ⚫
large_green_square 🟩|large_yellow_square 🟨|large_red_square 🟥|seedling 🌱|herb 🌿|deciduous_tree 🌳
sunny ☀️|sunrise 🌅|coffee ☕|cloud ☁️|snowflake ❄️|lock 🔒|unlock 🔓|key 🔑|wrench 🔧|hammer 🔨
gear ⚙️|hammer_and_wrench 🛠️|broom 🧹|pushpin 📌|round_pushpin 📍|paperclip 📎|link 🔗|memo 📝|pencil ✏️
clipboard 📋|file_folder 📁|open_file_folder 📂|package 📦|email 📧|speech_balloon 💬|thought_balloon 💭
loudspeaker 📢|mega 📣|robot_face 🤖|hatching_chick 🐣|bee 🐝|snail 🐌|turtle 🐢|test_tube 🧪|microscope 🔬
flag-no 🇳🇴|no 🇳🇴|100 💯|heavy_plus_sign ➕|heavy_minus_sign ➖|soon 🔜|new 🆕|free 🆓|sos 🆘|recycle ♻️`;

const EMOJI = new Map();
const NAMES = new Map();
for (const pair of LINES.trim().split(/[|\n]/)) {
  const [name, glyph] = pair.split(" ");
  EMOJI.set(name, glyph);
  if (!NAMES.has(glyph)) NAMES.set(glyph, name);
}

/** The character of an emoji's name (without colons), or its name in colons. */
export const emoji = (name) => EMOJI.get(name.split("::")[0]) || `:${name}:`;
export const known = (name) => EMOJI.has(name);
export const QUICK = ["white_check_mark", "eyes", "raised_hands"];
export const PICKER = ["white_check_mark", "eyes", "raised_hands", "+1", "-1", "tada", "fire",
  "thinking_face", "heart", "rocket", "clap", "pray", "zzz", "x", "hourglass_flowing_sand", "100"];
