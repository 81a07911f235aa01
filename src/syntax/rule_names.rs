//! Every rule of the grammar in the words that a message uses. There is no wildcard: a new rule needs its words.

use super::parser::Rule;

/// How a rule is named to people. Keywords sort before things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Words {
    /// A word of the language, as it is written.
    Keyword(&'static str),
    /// What a user would call it; what is written to the letter stands in backticks.
    Thing(&'static str),
    /// Text that is no clause: the grammar steps over it.
    Junk,
    /// Never seen by anyone: the white space, the pieces of tokens.
    Silent,
}

use Words::{Junk, Keyword, Silent, Thing};

/// The words for a rule.
pub fn words(rule: Rule) -> Words {
    match rule {
        Rule::EOI => Thing("the end"),
        Rule::open => Thing("`{`"),
        Rule::close => Thing("`}`"),
        Rule::policy_clause => Thing("`timezone` or `on bad lead`"),
        Rule::lead_clause => Thing("a field or `missing means`"),
        Rule::missing_means => Thing("`missing means`"),
        Rule::field => Thing("a field"),
        Rule::from_columns => Thing("`from`"),
        Rule::spelling => Thing(r#"a spelling such as `"Yes" = yes`"#),
        Rule::field_type => Thing(
            "a type, which is `text`, `integer`, `decimal`, `money in`, `boolean`, `date`, `time`, `email`, `domain`, `country`, `region of`, `postal code of`, `language`, `rep`, `one of` or `set of`",
        ),
        Rule::limits => Thing("a range"),
        Rule::one_of => Thing("`one of`"),
        Rule::set_member => Thing("`text` or `one of`"),
        Rule::record_clause => Thing("a column, `match by`, `prefer` or `on tie`"),
        Rule::match_by => Thing("`match by`"),
        Rule::match_key => Thing("a key such as `name = lead.company`"),
        Rule::lead_field => Thing("a field of the lead such as `lead.email`"),
        Rule::prefer_record => Thing("`prefer`"),
        Rule::preference => Thing("a column to prefer by"),
        Rule::on_tie => Thing("`on tie`"),
        Rule::segment_part => Thing("a name"),
        Rule::score_range => Thing("a range such as `0..100`"),
        Rule::score_term => Thing("points such as `+10`"),
        Rule::points => Thing("points such as `+10`"),
        Rule::grade_step => Thing("a name"),
        Rule::move_open_leads => Thing("`move open leads when untouched`"),
        Rule::territory => Thing("a name"),
        Rule::territory_block => Thing("`{`"),
        Rule::calendar_block => Thing("`{`"),
        Rule::calendar_clause => Thing("`zone`, days such as `mon..fri`, `on` or `holidays`"),
        Rule::calendar_zone => Thing("`zone`"),
        Rule::holidays => Thing("`holidays`"),
        Rule::calendar_on => Thing("`on`"),
        Rule::weekly => Thing("days such as `mon..fri`"),
        Rule::hours => Thing("hours such as `09:00-17:30` or `closed`"),
        Rule::hour_span => Thing("hours such as `09:00-17:30`"),
        Rule::day_span => Thing("days such as `mon..fri`"),
        Rule::weekday => Thing("a day of the week"),
        Rule::calendar_expr => Thing("a calendar"),
        Rule::team_clause => Thing("`manager`, `members` or `rep`"),
        Rule::manager => Thing("`manager`"),
        Rule::members => Thing("`members`"),
        Rule::rep => Thing("`rep`"),
        Rule::rep_block => Thing("`{`"),
        Rule::rep_clause => Thing(
            "`hours`, `zone`, `weight`, `cap`, `speaks`, `level`, `away`, `delegate`, `territory`, `since` or `inactive`",
        ),
        Rule::rep_hours => Thing("`hours`"),
        Rule::rep_zone => Thing("`zone`"),
        Rule::rep_weight => Thing("`weight`"),
        Rule::rep_cap => Thing("`cap`"),
        Rule::rep_speaks => Thing("`speaks`"),
        Rule::rep_level => Thing("`level`"),
        Rule::rep_away => Thing("`away`"),
        Rule::rep_delegate => Thing("`delegate`"),
        Rule::rep_territory => Thing("`territory`"),
        Rule::rep_since => Thing("`since`"),
        Rule::per_unit => Thing("`per day`"),
        Rule::in_zone => Thing("`in zone`"),
        Rule::queue_clause => Thing("`worked by`"),
        Rule::pool_clause => Thing(
            "`round robin`, `least loaded`, `in order`, `sticky by account`, `only reps`, `cap`, `prefer`, `joiners`, `returners`, `when empty`, `share turns with` or `after`",
        ),
        Rule::round_robin => Thing("`round robin`"),
        Rule::least_loaded => Thing("`least loaded`"),
        Rule::in_order => Thing("`in order`"),
        Rule::sticky => Thing("`sticky by account`"),
        Rule::only_reps => Thing("`only reps`"),
        Rule::eligible => Thing("`on duty`, `under cap` or `online`"),
        Rule::pool_cap => Thing("`cap`"),
        Rule::cap_of => Thing("a grade"),
        Rule::credited_back => Thing("`credited back on`"),
        Rule::prefer_reps => Thing("`prefer`"),
        Rule::rep_preference => Thing("`reps who speak`, `highest level` or `same territory`"),
        Rule::joiners => Thing("`joiners`"),
        Rule::returners => Thing("`returners`"),
        Rule::start => Thing("`start level`, `made whole` or `catch up by`"),
        Rule::when_empty => Thing("`when empty`"),
        Rule::share_turns => Thing("`share turns with`"),
        Rule::after_wait => Thing("`after`"),
        Rule::fallback => Thing("`use pool`, `queue`, `wait at most` or `wait until next opening`"),
        Rule::wait_at_most => Thing("`wait at most`"),
        Rule::wait_until => Thing("`wait until next opening`"),
        Rule::sla_clause => {
            Thing("`accept`, `respond` or `meet within`, `pause while`, `at`, `on breach` or `finally`")
        }
        Rule::sla_within => Thing("`accept`, `respond` or `meet`"),
        Rule::sla_clock => Thing("`of business time` or `in` a calendar"),
        Rule::pause_while => Thing("`pause while`"),
        Rule::at_percent => Thing("`at`"),
        Rule::on_breach => Thing("`on breach`"),
        Rule::finally_do => Thing("`finally`"),
        Rule::steps => Thing("`{`"),
        Rule::step => Thing("`notify`, `reassign`, `escalate`, `recycle`, `recall` or `reopen`"),
        Rule::notify => Thing("`notify`"),
        Rule::recipient => Thing("`assignee`, `manager of assignee`, `rep` or an email in quotes"),
        Rule::reassign => Thing("`reassign`"),
        Rule::reassign_limit => Thing("`never to a rep who had it`, `at most` or `restart clock`"),
        Rule::never_again => Thing("`never to a rep who had it`"),
        Rule::at_most_times => Thing("`at most`"),
        Rule::restart_clock => Thing("`restart clock`"),
        Rule::escalate => Thing("`escalate`"),
        Rule::recycle => Thing("`recycle`"),
        Rule::recall => Thing("`recall`"),
        Rule::returning_clause => Thing("`within`"),
        Rule::table_input => Thing("a field"),
        Rule::table_outputs => Thing("`->`"),
        Rule::output_kind => Thing("`pool`, `queue`, `team`, `rep`, `sla` or `priority`"),
        Rule::first_row_wins => Thing("`first row wins`"),
        Rule::table_rows => Thing("`{`"),
        Rule::table_row => Thing("a row"),
        Rule::cell => Thing("a value, `any`, `missing` or `present`"),
        Rule::output => Thing("a target, `sla` or `priority`"),
        Rule::arrow => Thing("`->`"),
        Rule::route_entry => Thing("`rule`, `continue in` or `otherwise`"),
        Rule::route_rule => Thing("`rule`"),
        Rule::continue_in => Thing("`continue in`"),
        Rule::otherwise => Thing("`otherwise`"),
        Rule::rule_clause => Thing("`only`, `match`, `assign`, `sla`, `priority`, `tier` or `overrides`"),
        Rule::only_days => Thing("`only`"),
        Rule::match_clause => Thing("`match`"),
        Rule::assign_clause => Thing("`assign`"),
        Rule::sla_clause_of_rule => Thing("`sla`"),
        Rule::priority_clause => Thing("`priority`"),
        Rule::tier_clause => Thing("`tier`"),
        Rule::overrides => Thing("`overrides`"),
        Rule::target => Thing("a target such as `pool NAME`, `queue NAME` or `account.owner`"),
        Rule::of_owner => Thing("`team of` or `manager of`"),
        Rule::record_path => Thing("a column such as `account.owner`"),
        Rule::under_cap => Thing("`under cap`"),
        Rule::experiment_key => Thing("a field"),
        Rule::arm => Thing("a share such as `50%`"),
        Rule::arm_name => Thing("a name"),
        Rule::claim => Thing("`every lead` or `no lead`"),
        Rule::outcome => {
            Thing("`goes to`, `has an sla`, `has sla`, `has priority`, `is in territory` or `is taken by`")
        }
        Rule::goes_to => Thing("`goes to`"),
        Rule::has_an_sla => Thing("`has an sla`"),
        Rule::has_sla => Thing("`has sla`"),
        Rule::has_priority => Thing("`has priority`"),
        Rule::in_territory => Thing("`is in territory`"),
        Rule::taken_by => Thing("`is taken by`"),
        Rule::measure => {
            Thing("`median response`, `95% of responses`, `assigned to a rep`, `breaches` or `conversion`")
        }
        Rule::median_response => Thing("`median response`"),
        Rule::share_of_responses => Thing("`95% of responses`"),
        Rule::share_to_reps => Thing("`assigned to a rep`"),
        Rule::breaches => Thing("`breaches`"),
        Rule::conversion => Thing("`conversion`"),
        Rule::test_clause => Thing("`lead`, `leads from`, `cases`, `at`, `in arm`, `given`, `after` or `expect`"),
        Rule::test_given => Thing("`given`"),
        Rule::given => Thing("a rep with `away`, `offline`, `at cap` or `had the last turn in`"),
        Rule::had_last_turn => Thing("`had the last turn in`"),
        Rule::test_after => Thing("`after`"),
        Rule::happening => Thing("`status`, `accepted`, `responded`, `met`, `returned`, `paused` or `resumed`"),
        Rule::test_leads => Thing("`leads from`"),
        Rule::test_cases => Thing("`cases`"),
        Rule::test_case => Thing("a case"),
        Rule::case_value => Thing("a value"),
        Rule::test_arm => Thing("`in arm`"),
        Rule::test_lead => Thing("`lead`"),
        Rule::test_field => Thing("a field"),
        Rule::test_at => Thing("`at`"),
        Rule::test_expect => Thing("`expect`"),
        Rule::expectation => Thing(r#"what to expect, such as `rule "..."`, `pool NAME` or `sla NAME`"#),
        Rule::expect_fails => Thing("`rule \"...\" fails on`"),
        Rule::expect_notified => Thing("`notified`"),
        Rule::expect_escalated => Thing("`escalated to`"),
        Rule::expect_status => Thing("`status`"),
        Rule::expect_rule => Thing("`rule`"),
        Rule::expect_excluded => Thing("`excluded`"),
        Rule::expect_assignee => Thing("`assignee`"),
        Rule::expect_no_sla => Thing("`no sla`"),
        Rule::expect_sla => Thing("`sla`"),
        Rule::expect_priority => Thing("`priority`"),
        Rule::expect_due => Thing("`due`"),
        Rule::expect_territory => Thing("`territory`"),
        Rule::expect_segment => Thing("`segment`"),
        Rule::expect_score => Thing("`score`"),
        Rule::expect_grade => Thing("`grade`"),
        Rule::condition => Thing("a condition"),
        Rule::negation => Thing("`not`"),
        Rule::bracketed => Thing("`(`"),
        Rule::arrives => Thing("`arrives`"),
        Rule::comparison => Thing("a condition"),
        Rule::subject => Thing("a field"),
        Rule::path => Thing("a field"),
        Rule::equals => Thing("`=`"),
        Rule::op_in => Thing("`in`"),
        Rule::op_order => Thing("`!=`, `<` or `>`"),
        Rule::op_text => Thing("`starts with`, `ends with`, `contains` or `matches`"),
        Rule::op_has => Thing("`has word`, `has any of`, `has all of` or `has none of`"),
        Rule::is_what => Thing("`is missing` or `is present`"),
        Rule::op_not_in => Thing("`not in`"),
        Rule::operand => Thing("a value"),
        Rule::dots => Thing("`..`"),
        Rule::exactly => Thing("`exactly`"),
        Rule::word => Thing("a name"),
        Rule::code => Thing("a code such as `DE`"),
        Rule::quoted => Thing("a text in quotes"),
        Rule::number => Thing("a number"),
        Rule::money => Thing("an amount such as `500 USD`"),
        Rule::percent => Thing("a share such as `80%`"),
        Rule::date => Thing("a date such as `2026-03-04`"),
        Rule::time => Thing("a time such as `2026-03-04 10:00`"),
        Rule::date_range => Thing("a date"),
        Rule::duration => Thing("a time span such as `5 minutes`"),
        Rule::unit => Thing("`seconds`, `minutes`, `hours`, `days`, `weeks` or `months`"),

        Rule::bad_entry
        | Rule::bad_policy_clause
        | Rule::bad_calendar_clause
        | Rule::bad_team_clause
        | Rule::bad_rep_clause
        | Rule::bad_queue_clause
        | Rule::bad_pool_clause
        | Rule::bad_sla_clause
        | Rule::bad_step
        | Rule::bad_returning_clause
        | Rule::bad_route_entry
        | Rule::bad_rule_clause
        | Rule::bad_arm
        | Rule::bad_claim
        | Rule::bad_test_clause => Junk,
        Rule::include_item
        | Rule::policy_item
        | Rule::lead_item
        | Rule::status_item
        | Rule::list_item
        | Rule::let_item
        | Rule::records_item
        | Rule::segment_item
        | Rule::segments_item
        | Rule::score_item
        | Rule::grade_item
        | Rule::territories_item
        | Rule::calendar_item
        | Rule::team_item
        | Rule::queue_item
        | Rule::pool_item
        | Rule::sla_item
        | Rule::exclude_item
        | Rule::returning_item
        | Rule::table_item
        | Rule::route_item
        | Rule::tier_item
        | Rule::experiment_item
        | Rule::guarantee_item
        | Rule::goal_item
        | Rule::test_item => Thing("an item"),
        Rule::WHITESPACE
        | Rule::COMMENT
        | Rule::item
        | Rule::items
        | Rule::items_alone
        | Rule::item_alone
        | Rule::timezone
        | Rule::on_bad_lead
        | Rule::clock
        | Rule::calendar_term
        | Rule::size_op
        | Rule::term
        | Rule::op
        | Rule::operands
        | Rule::literal
        | Rule::name
        | Rule::digits
        | Rule::date_mark
        | Rule::year_month_day
        | Rule::date_ranges
        | Rule::junk
        | Rule::braced
        | Rule::in_brackets
        | Rule::gap
        | Rule::new_line
        | Rule::goes_on
        | Rule::rep_opener
        | Rule::pool_opener
        | Rule::policy_clause_alone
        | Rule::lead_clause_alone
        | Rule::record_clause_alone
        | Rule::segment_part_alone
        | Rule::score_term_alone
        | Rule::territory_alone
        | Rule::calendar_clause_alone
        | Rule::team_clause_alone
        | Rule::rep_clause_alone
        | Rule::queue_clause_alone
        | Rule::pool_clause_alone
        | Rule::sla_clause_alone
        | Rule::step_alone
        | Rule::returning_clause_alone
        | Rule::table_row_alone
        | Rule::route_entry_alone
        | Rule::rule_clause_alone
        | Rule::arm_alone
        | Rule::claim_alone
        | Rule::expected
        | Rule::test_case_alone
        | Rule::test_clause_alone
        | Rule::letter
        | Rule::reserved => Silent,

        Rule::k_a => Keyword("a"),
        Rule::k_above => Keyword("above"),
        Rule::k_accept => Keyword("accept"),
        Rule::k_accepted => Keyword("accepted"),
        Rule::k_account => Keyword("account"),
        Rule::k_after => Keyword("after"),
        Rule::k_all => Keyword("all"),
        Rule::k_an => Keyword("an"),
        Rule::k_and => Keyword("and"),
        Rule::k_any => Keyword("any"),
        Rule::k_arm => Keyword("arm"),
        Rule::k_arrives => Keyword("arrives"),
        Rule::k_assign => Keyword("assign"),
        Rule::k_assigned => Keyword("assigned"),
        Rule::k_assignee => Keyword("assignee"),
        Rule::k_at => Keyword("at"),
        Rule::k_away => Keyword("away"),
        Rule::k_back => Keyword("back"),
        Rule::k_bad => Keyword("bad"),
        Rule::k_boolean => Keyword("boolean"),
        Rule::k_breach => Keyword("breach"),
        Rule::k_breaches => Keyword("breaches"),
        Rule::k_business => Keyword("business"),
        Rule::k_by => Keyword("by"),
        Rule::k_calendar => Keyword("calendar"),
        Rule::k_cap => Keyword("cap"),
        Rule::k_cases => Keyword("cases"),
        Rule::k_catch => Keyword("catch"),
        Rule::k_clock => Keyword("clock"),
        Rule::k_closed => Keyword("closed"),
        Rule::k_code => Keyword("code"),
        Rule::k_column => Keyword("column"),
        Rule::k_contains => Keyword("contains"),
        Rule::k_continue => Keyword("continue"),
        Rule::k_control => Keyword("control"),
        Rule::k_conversion => Keyword("conversion"),
        Rule::k_country => Keyword("country"),
        Rule::k_covered => Keyword("covered"),
        Rule::k_credited => Keyword("credited"),
        Rule::k_date => Keyword("date"),
        Rule::k_days => Keyword("days"),
        Rule::k_decimal => Keyword("decimal"),
        Rule::k_delegate => Keyword("delegate"),
        Rule::k_domain => Keyword("domain"),
        Rule::k_due => Keyword("due"),
        Rule::k_during => Keyword("during"),
        Rule::k_duty => Keyword("duty"),
        Rule::k_earliest => Keyword("earliest"),
        Rule::k_else => Keyword("else"),
        Rule::k_email => Keyword("email"),
        Rule::k_empty => Keyword("empty"),
        Rule::k_ends => Keyword("ends"),
        Rule::k_escalate => Keyword("escalate"),
        Rule::k_escalated => Keyword("escalated"),
        Rule::k_every => Keyword("every"),
        Rule::k_exactly => Keyword("exactly"),
        Rule::k_except => Keyword("except"),
        Rule::k_exclude => Keyword("exclude"),
        Rule::k_excluded => Keyword("excluded"),
        Rule::k_exclusive => Keyword("exclusive"),
        Rule::k_expect => Keyword("expect"),
        Rule::k_experiment => Keyword("experiment"),
        Rule::k_fails => Keyword("fails"),
        Rule::k_finally => Keyword("finally"),
        Rule::k_first => Keyword("first"),
        Rule::k_for => Keyword("for"),
        Rule::k_from => Keyword("from"),
        Rule::k_given => Keyword("given"),
        Rule::k_goal => Keyword("goal"),
        Rule::k_goes => Keyword("goes"),
        Rule::k_grade => Keyword("grade"),
        Rule::k_guarantee => Keyword("guarantee"),
        Rule::k_had => Keyword("had"),
        Rule::k_has => Keyword("has"),
        Rule::k_highest => Keyword("highest"),
        Rule::k_holidays => Keyword("holidays"),
        Rule::k_hours => Keyword("hours"),
        Rule::k_hours_of_time => Keyword("hours"),
        Rule::k_in => Keyword("in"),
        Rule::k_inactive => Keyword("inactive"),
        Rule::k_include => Keyword("include"),
        Rule::k_integer => Keyword("integer"),
        Rule::k_is => Keyword("is"),
        Rule::k_it => Keyword("it"),
        Rule::k_join => Keyword("join"),
        Rule::k_joiners => Keyword("joiners"),
        Rule::k_keep => Keyword("keep"),
        Rule::k_language => Keyword("language"),
        Rule::k_last => Keyword("last"),
        Rule::k_latest => Keyword("latest"),
        Rule::k_lead => Keyword("lead"),
        Rule::k_leads => Keyword("leads"),
        Rule::k_least => Keyword("least"),
        Rule::k_let => Keyword("let"),
        Rule::k_level => Keyword("level"),
        Rule::k_like => Keyword("like"),
        Rule::k_list => Keyword("list"),
        Rule::k_loaded => Keyword("loaded"),
        Rule::k_lowest => Keyword("lowest"),
        Rule::k_made => Keyword("made"),
        Rule::k_manager => Keyword("manager"),
        Rule::k_match => Keyword("match"),
        Rule::k_matches => Keyword("matches"),
        Rule::k_means => Keyword("means"),
        Rule::k_median => Keyword("median"),
        Rule::k_meet => Keyword("meet"),
        Rule::k_members => Keyword("members"),
        Rule::k_met => Keyword("met"),
        Rule::k_minutes => Keyword("minutes"),
        Rule::k_missing => Keyword("missing"),
        Rule::k_money => Keyword("money"),
        Rule::k_months => Keyword("months"),
        Rule::k_most => Keyword("most"),
        Rule::k_move => Keyword("move"),
        Rule::k_never => Keyword("never"),
        Rule::k_next => Keyword("next"),
        Rule::k_no => Keyword("no"),
        Rule::k_none => Keyword("none"),
        Rule::k_not => Keyword("not"),
        Rule::k_notified => Keyword("notified"),
        Rule::k_notify => Keyword("notify"),
        Rule::k_of => Keyword("of"),
        Rule::k_offline => Keyword("offline"),
        Rule::k_on => Keyword("on"),
        Rule::k_one => Keyword("one"),
        Rule::k_online => Keyword("online"),
        Rule::k_only => Keyword("only"),
        Rule::k_open => Keyword("open"),
        Rule::k_opening => Keyword("opening"),
        Rule::k_or => Keyword("or"),
        Rule::k_order => Keyword("order"),
        Rule::k_otherwise => Keyword("otherwise"),
        Rule::k_outside => Keyword("outside"),
        Rule::k_overrides => Keyword("overrides"),
        Rule::k_owner => Keyword("owner"),
        Rule::k_pause => Keyword("pause"),
        Rule::k_paused => Keyword("paused"),
        Rule::k_per => Keyword("per"),
        Rule::k_policy => Keyword("policy"),
        Rule::k_pool => Keyword("pool"),
        Rule::k_postal => Keyword("postal"),
        Rule::k_prefer => Keyword("prefer"),
        Rule::k_prefix => Keyword("prefix"),
        Rule::k_present => Keyword("present"),
        Rule::k_priority => Keyword("priority"),
        Rule::k_queue => Keyword("queue"),
        Rule::k_reassign => Keyword("reassign"),
        Rule::k_recall => Keyword("recall"),
        Rule::k_records => Keyword("records"),
        Rule::k_recycle => Keyword("recycle"),
        Rule::k_region => Keyword("region"),
        Rule::k_reopen => Keyword("reopen"),
        Rule::k_rep => Keyword("rep"),
        Rule::k_reps => Keyword("reps"),
        Rule::k_required => Keyword("required"),
        Rule::k_respond => Keyword("respond"),
        Rule::k_responded => Keyword("responded"),
        Rule::k_response => Keyword("response"),
        Rule::k_responses => Keyword("responses"),
        Rule::k_restart => Keyword("restart"),
        Rule::k_resumed => Keyword("resumed"),
        Rule::k_returned => Keyword("returned"),
        Rule::k_returners => Keyword("returners"),
        Rule::k_returning => Keyword("returning"),
        Rule::k_robin => Keyword("robin"),
        Rule::k_round => Keyword("round"),
        Rule::k_route => Keyword("route"),
        Rule::k_row => Keyword("row"),
        Rule::k_rule => Keyword("rule"),
        Rule::k_same => Keyword("same"),
        Rule::k_score => Keyword("score"),
        Rule::k_seconds => Keyword("seconds"),
        Rule::k_segment => Keyword("segment"),
        Rule::k_segments => Keyword("segments"),
        Rule::k_set => Keyword("set"),
        Rule::k_share => Keyword("share"),
        Rule::k_since => Keyword("since"),
        Rule::k_sla => Keyword("sla"),
        Rule::k_speak => Keyword("speak"),
        Rule::k_speaks => Keyword("speaks"),
        Rule::k_start => Keyword("start"),
        Rule::k_starts => Keyword("starts"),
        Rule::k_status => Keyword("status"),
        Rule::k_sticky => Keyword("sticky"),
        Rule::k_table => Keyword("table"),
        Rule::k_taken => Keyword("taken"),
        Rule::k_team => Keyword("team"),
        Rule::k_territories => Keyword("territories"),
        Rule::k_territory => Keyword("territory"),
        Rule::k_test => Keyword("test"),
        Rule::k_text => Keyword("text"),
        Rule::k_the => Keyword("the"),
        Rule::k_then => Keyword("then"),
        Rule::k_tie => Keyword("tie"),
        Rule::k_tier => Keyword("tier"),
        Rule::k_time => Keyword("time"),
        Rule::k_times => Keyword("times"),
        Rule::k_timezone => Keyword("timezone"),
        Rule::k_to => Keyword("to"),
        Rule::k_try => Keyword("try"),
        Rule::k_turn => Keyword("turn"),
        Rule::k_turns => Keyword("turns"),
        Rule::k_under => Keyword("under"),
        Rule::k_unless => Keyword("unless"),
        Rule::k_until => Keyword("until"),
        Rule::k_untouched => Keyword("untouched"),
        Rule::k_up => Keyword("up"),
        Rule::k_use => Keyword("use"),
        Rule::k_wait => Keyword("wait"),
        Rule::k_weeks => Keyword("weeks"),
        Rule::k_weight => Keyword("weight"),
        Rule::k_weighted => Keyword("weighted"),
        Rule::k_when => Keyword("when"),
        Rule::k_where => Keyword("where"),
        Rule::k_while => Keyword("while"),
        Rule::k_who => Keyword("who"),
        Rule::k_whole => Keyword("whole"),
        Rule::k_wins => Keyword("wins"),
        Rule::k_with => Keyword("with"),
        Rule::k_within => Keyword("within"),
        Rule::k_word => Keyword("word"),
        Rule::k_worked => Keyword("worked"),
        Rule::k_zone => Keyword("zone"),
    }
}
