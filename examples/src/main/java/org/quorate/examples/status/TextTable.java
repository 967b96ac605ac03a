package org.quorate.examples.status;

import java.util.ArrayList;
import java.util.List;

/** Left-aligned columns, two blanks apart, as wide as their widest cell; no blanks at line ends. */
final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... head) {
        rows.add(List.of(head));
    }

    void row(String... cells) {
        if (cells.length != rows.get(0).size())
            throw new IllegalArgumentException("a row of " + cells.length + " cells");
        rows.add(List.of(cells));
    }

    @Override
    public String toString() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows)
            for (int i = 0; i < columns; i++)
                widths[i] = Math.max(widths[i], row.get(i).length());
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++)
                line.append(row.get(i))
                        .append(" ".repeat(widths[i] + 2 - row.get(i).length()));
            out.append(line.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }
}
