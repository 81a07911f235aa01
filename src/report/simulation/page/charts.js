// Draws the charts of the page. The numbers stand in the page; nothing is fetched.
(function () {
  "use strict";
  var root = document.documentElement;
  window.addEventListener("error", function (event) { root.dataset.error = event.message; });
  var numbers = JSON.parse(document.getElementById("numbers").textContent);
  var drawn = [];

  function colour(name) { return getComputedStyle(root).getPropertyValue("--" + name).trim(); }
  function time(seconds) {
    var units = [[86400, " d"], [3600, " h"], [60, " min"], [1, " s"]];
    for (var i = 0; i < units.length; i++) {
      if (seconds >= units[i][0]) { return Math.round(seconds / units[i][0] * 10) / 10 + units[i][1]; }
    }
    return "0 s";
  }
  function whole(value) { return value == null ? "" : value.toLocaleString("en-US"); }
  var MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  function day(seconds) {
    var at = new Date(seconds * 1000);
    return at.getUTCDate() + " " + MONTHS[at.getUTCMonth()];
  }
  function percent(value) { return value == null ? "" : Math.round(value * 100) + "%"; }

  function axis(values, extra) {
    var base = { stroke: colour("soft"), grid: { stroke: colour("grid"), width: 1 }, ticks: { show: false }, values: values, size: 32, font: "12px system-ui, sans-serif" };
    return Object.assign(base, extra || {});
  }
  function line(label, name, extra) {
    return Object.assign({ label: label, stroke: colour(name), width: 2, points: { show: false } }, extra || {});
  }
  function bars(label, name, size, align) {
    return { label: label, stroke: colour(name), fill: colour(name), width: 0, points: { show: false }, paths: uPlot.paths.bars({ size: [size, 40], align: align || 0 }) };
  }

  // What is under the pointer, in words, for each chart.
  function tip(titles) {
    var box;
    return {
      hooks: {
        init: function (plot) {
          box = document.createElement("div");
          box.style.cssText = "position:absolute;pointer-events:none;display:none;z-index:9;padding:.35rem .6rem;border-radius:.4rem;font-size:.82rem;white-space:nowrap;background:" + colour("ink") + ";color:" + colour("ground");
          plot.over.appendChild(box);
        },
        setCursor: function (plot) {
          var at = plot.cursor.idx;
          if (at == null) { box.style.display = "none"; return; }
          box.textContent = titles(at);
          box.style.display = "block";
          var left = plot.cursor.left + 14, limit = plot.over.clientWidth - box.offsetWidth - 4;
          box.style.left = Math.max(0, left > limit ? plot.cursor.left - box.offsetWidth - 14 : left) + "px";
          box.style.top = "8px";
        }
      }
    };
  }

  function charts() {
    var list = [];
    var days = numbers.days;
    if (days.at.length) {
      var series = [{}, line("arrived", "main", { fill: colour("main-soft") }), line("promises broken", "bad")];
      var data = [days.at, days.arrived, days.broken];
      if (days.other) { series.push(line("broken by the other policy", "other", { dash: [6, 4] })); data.push(days.other); }
      list.push(["days", {
        scales: { x: { time: true }, y: { range: function (u, low, high) { return [0, Math.max(1, high) * 1.08]; } } },
        axes: [axis(function (u, ticks) { return ticks.map(day); }, { grid: { show: false }, space: 64, incrs: [1, 2, 7, 14, 28, 84].map(function (days) { return days * 86400; }) }), axis(function (u, ticks) { return ticks.map(whole); }, { size: 56 })],
        series: series,
        tzDate: function (at) { return uPlot.tzDate(new Date(at * 1000), "UTC"); },
        plugins: [tip(function (at) {
          var text = days.names[at] + ": " + whole(days.arrived[at]) + " arrived, " + whole(days.broken[at]) + " with a broken promise";
          return days.other ? text + " (" + whole(days.other[at]) + " under the other policy)" : text;
        })]
      }, data]);
    }
    var within = numbers.within;
    var rows = [within.seconds, within.share], lines = [{}, line("answered", "main", { fill: colour("main-soft") })];
    if (within.other) { rows.push(within.other); lines.push(line("under the other policy", "other", { dash: [6, 4] })); }
    var marks = [60, 300, 900, 3600, 14400, 86400, 259200, 604800, 2592000];
    var few = [60, 900, 14400, 259200, 2592000];
    list.push(["within", {
      scales: { x: { time: false, distr: 3, range: [60, within.seconds[within.seconds.length - 1]] }, y: { range: [0, 1] } },
      axes: [
        axis(function (u, ticks) { return ticks.map(time); }, { splits: function (u) { return u.width < 480 ? few : marks; }, filter: function (u, ticks) { return ticks; } }),
        axis(function (u, ticks) { return ticks.map(percent); }, { size: 52 })
      ],
      series: lines,
      plugins: [tip(function (at) {
        var text = percent(within.share[at]) + " answered within " + time(within.seconds[at]);
        return within.other ? text + ", " + percent(within.other[at]) + " under the other policy" : text;
      })]
    }, rows]);
    var hours = numbers.hours;
    list.push(["hours", {
      scales: { x: { time: false, range: [-0.6, 23.6] }, y: { range: function (u, low, high) { return [0, Math.max(1, high) * 1.08]; } } },
      axes: [
        axis(function (u, ticks) { return ticks.map(function (hour) { return (hour < 10 ? "0" : "") + hour; }); }, { splits: function () { return [0, 3, 6, 9, 12, 15, 18, 21]; }, grid: { show: false } }),
        axis(function (u, ticks) { return ticks.map(whole); }, { size: 56 })
      ],
      series: [{}, bars("arrived", "main", 0.72), bars("promises broken", "bad", 0.4)],
      plugins: [tip(function (at) {
        return (at < 10 ? "0" : "") + at + ":00: " + whole(hours.arrived[at]) + " arrived, " + whole(hours.broken[at]) + " with a broken promise";
      })]
    }, [hours.hour, hours.arrived, hours.broken]]);
    return list;
  }

  function draw() {
    drawn.forEach(function (plot) { plot.destroy(); });
    drawn = [];
    charts().forEach(function (chart) {
      var place = document.getElementById(chart[0]);
      if (!place) { return; }
      var common = { width: place.clientWidth, height: 250, legend: { show: false }, cursor: { y: false, points: { size: 7 } }, padding: [10, 20, 0, 0] };
      drawn.push(new uPlot(Object.assign(common, chart[1]), chart[2], place));
    });
    root.dataset.charts = String(drawn.length);
  }

  draw();
  var waiting;
  window.addEventListener("resize", function () {
    clearTimeout(waiting);
    waiting = setTimeout(draw, 80);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
