# Serves the Redmine of the working directory, with some issues in it, on a free port of the loopback address until its standard
# input ends.
#
#     ruby redmine-server.rb COUNT     writes "ready PORT KEY": KEY is the API key of a user who reads the project "demo"
#
# COUNT issues are made; the second is of the project "other", all others of "demo". They changed three days ago.
# frozen_string_literal: true

Thread.new do
  $stdin.read
  exit!(0)
end

require File.expand_path('config/environment', Dir.pwd)
require 'rack/handler/webrick'

def person(login, first, last)
  user = User.new(firstname: first, lastname: last, mail: "#{login}@redmine.example", language: 'en')
  user.login = login
  user.password = 'l0ng enough'
  user.save!
  user
end

def list_field(name, values, multiple: false)
  IssueCustomField.create!(
    name: name, field_format: 'list', possible_values: values, multiple: multiple, is_for_all: true,
    trackers: Tracker.all.to_a
  )
end

def private_project(name, people)
  project = Project.create!(
    name: name, identifier: name, is_public: false, trackers: Tracker.all.to_a, enabled_module_names: ['issue_tracking']
  )
  role = Role.givable.order(:position).first
  people.each { |user| Member.create!(project: project, principal: user, roles: [role]) }
  project
end

Redmine::DefaultData::Loader.load('en')
Setting.rest_api_enabled = '1'
Setting.notified_events = []
ActionMailer::Base.delivery_method = :test

key = ActiveRecord::Base.transaction do
  ann = person('ann', 'Ann', 'Author')
  ben = person('ben', 'Ben', 'Builder')
  severity = list_field('Severity', %w[low high])
  places = list_field('Places', %w[here there], multiple: true)
  demo, other = %w[demo other].map { |name| private_project(name, [ann, ben]) }
  closed = IssueStatus.where(is_closed: true).order(:position).first
  (1..Integer(ARGV.fetch(0))).each do |number|
    issue = Issue.new(
      project: number == 2 ? other : demo, tracker: Tracker.order(:position).first, author: ann,
      assigned_to: number.even? ? ben : nil, subject: "Näher <#{number}>",
      priority: IssuePriority.order(:position).first, due_date: number == 3 ? Date.new(2024, 5, 6) : nil
    )
    issue.custom_field_values = {
      severity.id.to_s => number.even? ? 'high' : 'low', places.id.to_s => number == 3 ? %w[here there] : ['']
    }
    issue.save!
    next unless (number % 10).zero?

    issue = Issue.find(issue.id)
    issue.init_journal(ben, 'seen')
    issue.status = closed
    issue.save!
  end
  # As if all this had happened before the first gathering: changes of the last minutes are asked for again.
  Issue.update_all(created_on: 9.days.ago, updated_on: 3.days.ago)
  ann.api_key
end

options = {
  Host: '127.0.0.1', Port: 0, AccessLog: [], Logger: WEBrick::Log.new(File::NULL), DoNotReverseLookup: true
}
Rack::Handler::WEBrick.run(Rails.application, **options) do |server|
  puts "ready #{server.listeners.first.addr[1]} #{key}"
  $stdout.flush
end
