#include "sim/svg.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace hearsay::sim {
namespace {

constexpr double width = 720;
constexpr double height = 400;
constexpr double left = 64;
constexpr double right = 540;  // the names of the series are right of it
constexpr double top = 40;
constexpr double bottom = 350;
constexpr const char* grey = "#767676";
constexpr std::array<const char*, 6> colours{"#3b82c4", "#d9730d", "#2f9e6b",
                                             "#a05fd0", "#d64545", "#8a7a1f"};

// The shortest text of at most four digits.
std::string text_of(double value) {
    std::array<char, 32> out{};
    std::snprintf(out.data(), out.size(), "%.4g", value);
    return out.data();
}

std::string place(double value) {
    std::array<char, 32> out{};
    std::snprintf(out.data(), out.size(), "%.1f", value);
    return out.data();
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
    return out;
}

std::string words(double x, double y, const std::string& text, const char* anchor,
                  const char* colour = grey) {
    return "<text x=\"" + place(x) + "\" y=\"" + place(y) + "\" text-anchor=\"" + anchor + "\" fill=\"" +
           colour + "\">" + escaped(text) + "</text>\n";
}

std::string line(double x1, double y1, double x2, double y2, const char* opacity) {
    return "<line x1=\"" + place(x1) + "\" y1=\"" + place(y1) + "\" x2=\"" + place(x2) + "\" y2=\"" +
           place(y2) + "\" stroke=\"" + grey + "\" stroke-opacity=\"" + opacity + "\"/>\n";
}

struct Axis {
    double least = 0;
    double most = 1;
    bool log = false;
    double share(double value) const {
        if (log) return (std::log(value) - std::log(least)) / (std::log(most) - std::log(least));
        return (value - least) / (most - least);
    }
};

// From zero (or the least of a logarithmic axis) to the most, rounded up to a step of 1, 2 or 5.
Axis axis_of(const Plot& plot, bool x) {
    Axis out;
    double least = 1e300;
    double most = 0;
    for (const Series& series : plot.series)
        for (const auto& point : series.points) {
            least = std::min(least, x ? point.first : point.second);
            most = std::max(most, x ? point.first : point.second);
        }
    if (most <= 0) return out;
    out.log = x && plot.x_log && least > 0 && least < most;
    out.least = out.log ? least : 0;
    out.most = most;
    return out;
}

double step_of(double most) {
    const double rough = most / 5;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (rough <= factor * power) return factor * power;
    return 10 * power;
}

std::string x_marks(const Plot& plot, const Axis& axis) {
    std::vector<double> marks;
    if (axis.log) {
        for (const Series& series : plot.series)
            for (const auto& point : series.points) marks.push_back(point.first);
        std::sort(marks.begin(), marks.end());
        marks.erase(std::unique(marks.begin(), marks.end()), marks.end());
    } else {
        const double step = step_of(axis.most);
        for (int i = 0; i * step <= axis.most * 1.0001 && i < 20; ++i) marks.push_back(i * step);
    }
    std::string out;
    for (const double mark : marks) {
        const double at = left + axis.share(mark) * (right - left);
        out += line(at, bottom, at, bottom + 5, "1") + words(at, bottom + 20, text_of(mark), "middle");
    }
    return out;
}

std::string y_marks(Axis& axis) {
    const double step = step_of(axis.most);
    axis.most = std::ceil(axis.most / step * 0.9999) * step;
    std::string out;
    for (int i = 0; i * step <= axis.most * 1.0001 && i < 20; ++i) {
        const double at = bottom - axis.share(i * step) * (bottom - top);
        out += line(left, at, right, at, i == 0 ? "1" : "0.25") +
               words(left - 8, at + 4, text_of(i * step), "end");
    }
    return out;
}

}  // namespace

std::string to_svg(const Plot& plot) {
    const Axis x = axis_of(plot, true);
    Axis y = axis_of(plot, false);
    std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + place(width) + " " +
                      place(height) + "\" font-family=\"sans-serif\" font-size=\"13\">\n<title>" +
                      escaped(plot.title) + "</title>\n";
    out += words(left, 22, plot.title, "start") + y_marks(y) + x_marks(plot, x);
    out += words((left + right) / 2, height - 10, plot.x_name, "middle");
    out += words(left, top - 6, plot.y_name, "start");
    for (std::size_t i = 0; i < plot.series.size(); ++i) {
        const char* colour = colours[i % colours.size()];
        const char* dashes = i / colours.size() % 2 == 1 ? " stroke-dasharray=\"5 4\"" : "";
        std::string points;
        std::string dots;
        for (const auto& [at, value] : plot.series[i].points) {
            const std::string px = place(left + x.share(at) * (right - left));
            const std::string py = place(bottom - y.share(value) * (bottom - top));
            points += (points.empty() ? "" : " ") + px + "," + py;
            if (x.log)
                dots += "<circle cx=\"" + px + "\" cy=\"" + py + "\" r=\"3\" fill=\"" + colour + "\"/>\n";
        }
        out += "<polyline fill=\"none\" stroke=\"" + std::string(colour) + "\" stroke-width=\"2\"" + dashes +
               " points=\"" + points + "\"/>\n" + dots;
        const double name_y = top + 8 + 20 * static_cast<double>(i);
        out += "<line x1=\"" + place(right + 14) + "\" y1=\"" + place(name_y - 4) + "\" x2=\"" +
               place(right + 34) + "\" y2=\"" + place(name_y - 4) + "\" stroke=\"" + colour +
               "\" stroke-width=\"2\"" + dashes + "/>\n";
        out += words(right + 40, name_y, plot.series[i].name, "start", colour);
    }
    return out + "</svg>\n";
}

}  // namespace hearsay::sim
