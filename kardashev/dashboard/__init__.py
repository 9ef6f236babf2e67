"""What is published, to look at: a dashboard in the browser, reports as files.

Both read the published copy and nothing else.

    published  opens the published copy, and reads it with the queries of sql/
    choices    what there is to choose from: models, rounds, series, days
    charts     a frame becomes a chart (Altair)
    views      a table, its chart and what they show; both of the following are made of these
    pages      what the browser shows: choices and views, one module a page (Streamlit)
    report     what a file shows: the same views as HTML, or as text
    serve      starts the dashboard

Names in the published copy were chosen by strangers: `published` makes them printable, `text` keeps them
from meaning anything to a browser or a spreadsheet.
"""
