import Documents

extension LaunchConfiguration {
    /// A framework's YAML file, under a header that says what the plan loses and how every node starts it.
    func yamlFile(_ target: ExportTarget, of framework: String, start: String, warnings: [String], _ fields: [YAMLField]) -> LaunchFile {
        let header = header(target, "Configuration of \(framework):", warnings: warnings) + ["", "On every node: \(start)"]
        return LaunchFile(name: "\(target.rawValue).yaml", text: CommentText.lines(header) + YAMLWriter.text(.mapping(fields)))
    }
}
